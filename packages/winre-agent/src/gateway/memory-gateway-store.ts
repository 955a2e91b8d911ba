import { RecoveryError } from '@winre-kit/sdk';
import type { GatewayRecords, GatewayTable } from './gateway-records.ts';
import type { GatewayFilter, GatewayStore, GatewayWrite } from './gateway-store.ts';
import { matchesFilter, recordKey } from './record-key.ts';

/** A store that lives as long as the process. For tests and try-outs: nothing survives a restart, so no device may depend on it. */
export function createMemoryGatewayStore(): GatewayStore {
  const tables = new Map<GatewayTable, Map<string, GatewayWrite>>();
  const artifacts = new Map<string, Uint8Array>();
  const tableOf = (name: GatewayTable): Map<string, GatewayWrite> => {
    const table = tables.get(name) ?? new Map<string, GatewayWrite>();
    tables.set(name, table);
    return table;
  };
  return {
    read<Table extends GatewayTable>(table: Table, key: string) {
      return Promise.resolve(structuredClone(tableOf(table).get(key)?.record) as GatewayRecords[Table] | undefined);
    },
    list<Table extends GatewayTable>(table: Table, filter: GatewayFilter = {}) {
      const found = [...tableOf(table).values()].filter((write) => matchesFilter(write, filter));
      return Promise.resolve(structuredClone(found.map((write) => write.record)) as GatewayRecords[Table][]);
    },
    commit(writes) {
      const fits = writes.every((write) => (tableOf(write.table).get(recordKey(write))?.record.revision ?? 0) === write.record.revision - 1);
      if (fits) for (const write of structuredClone(writes)) tableOf(write.table).set(recordKey(write), write);
      return Promise.resolve(fits);
    },
    writeArtifactBytes(artifactId, bytes) {
      artifacts.set(artifactId, bytes.slice());
      return Promise.resolve();
    },
    async *readArtifactBytes(artifactId) {
      const bytes = artifacts.get(artifactId);
      if (!bytes) throw new RecoveryError('not-found', `no artifact ${artifactId}`);
      yield await Promise.resolve(bytes.slice());
    },
  };
}
