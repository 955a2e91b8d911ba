import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { RecoveryError } from '@winre-kit/sdk';
import { matchesFilter, recordKey, type GatewayFilter, type GatewayRecords, type GatewayStore, type GatewayTable, type GatewayWrite } from '@winre-kit/winre-agent/gateway';
import { createGroupCommit } from './group-commit.ts';
import { inTransaction } from './open-database.ts';

const partBytes = 262_144;

/** One page of a table, oldest record first. */
export interface RecordPage<Row> {
  readonly items: readonly Row[];
  /** Give it back as `after` for the next page; undefined on the last one. */
  readonly next: number | undefined;
}

/** The gateway's store in SQLite, which the admin API also pages through. */
export interface SqliteGatewayStore extends GatewayStore {
  /** Records behind the position `after` (0 for the first page). A record keeps its position for ever, so pages neither skip nor repeat. */
  page<Table extends GatewayTable>(table: Table, filter: GatewayFilter, after: number, limit: number): RecordPage<GatewayRecords[Table]>;
  /** As `commit`, with `work` on the same database in the same transaction: all of it is on the disk afterwards, or none. `work` must not wait for anything. */
  commitWith(writes: readonly GatewayWrite[], work: () => void): Promise<boolean>;
}

export function createSqliteGatewayStore(database: DatabaseSync): SqliteGatewayStore {
  const commitInGroup = createGroupCommit(database);
  const selectOne = database.prepare('SELECT record FROM gateway_records WHERE table_name = ? AND record_key = ?');
  const insert = database.prepare(
    'INSERT INTO gateway_records (table_name, record_key, revision, tenant_id, device_id, hardware_id, is_open, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (table_name, record_key) DO NOTHING',
  );
  const update = database.prepare(
    'UPDATE gateway_records SET revision = ?, tenant_id = ?, device_id = ?, hardware_id = ?, is_open = ?, record = ? WHERE table_name = ? AND record_key = ? AND revision = ?',
  );
  const deleteParts = database.prepare('DELETE FROM artifact_parts WHERE artifact_id = ?');
  const insertPart = database.prepare('INSERT INTO artifact_parts (artifact_id, part, bytes) VALUES (?, ?, ?)');
  const selectPart = database.prepare('SELECT bytes FROM artifact_parts WHERE artifact_id = ? AND part = ?');

  const write = (one: GatewayWrite): boolean => {
    const { table, record } = one;
    const members: Readonly<Record<string, unknown>> = { ...record };
    const columns = [textOrNull(members['tenantId']), textOrNull(members['deviceId']), textOrNull(members['hardwareId']), matchesFilter(one, { open: true }) ? 1 : 0, JSON.stringify(record)];
    const changed = record.revision === 1
      ? insert.run(table, recordKey(one), 1, ...columns)
      : update.run(record.revision, ...columns, table, recordKey(one), record.revision - 1);
    return changed.changes === 1;
  };

  // One for each set of conditions, of which there are few.
  const selects = new Map<string, StatementSync>();
  const selectBy = (conditions: string): StatementSync => {
    const known = selects.get(conditions) ?? database.prepare(`SELECT sequence, record FROM gateway_records WHERE ${conditions} ORDER BY sequence LIMIT ?`);
    selects.set(conditions, known);
    return known;
  };
  const select = <Table extends GatewayTable>(table: Table, filter: GatewayFilter, after: number, limit: number): { sequence: number; record: GatewayRecords[Table] }[] => {
    const conditions = ['table_name = ?', 'sequence > ?'];
    const values: SQLInputValue[] = [table, after];
    for (const [member, column] of [['tenantId', 'tenant_id'], ['deviceId', 'device_id'], ['hardwareId', 'hardware_id']] as const) {
      const wanted = filter[member];
      if (wanted === undefined) continue;
      conditions.push(`${column} = ?`);
      values.push(wanted);
    }
    if (filter.open) conditions.push('is_open = 1');
    const rows = selectBy(conditions.join(' AND ')).all(...values, limit);
    return rows.map((row) => ({ sequence: Number(row['sequence']), record: readRecord(table, row['record']) }));
  };

  const commitWith: SqliteGatewayStore['commitWith'] = (writes, work) => attempt(async () => {
    try {
      await commitInGroup(() => {
        if (!writes.every(write)) throw revisionDiffers;
        work();
      });
      return true;
    } catch (error) {
      if (error === revisionDiffers) return false;
      throw error;
    }
  });

  return {
    read: (table, key) => attempt(() => {
      const row = selectOne.get(table, key);
      return row && readRecord(table, row['record']);
    }),
    list: (table, filter = {}) => attempt(() => select(table, filter, 0, -1).map(({ record }) => record)),
    page(table, filter, after, limit) {
      const rows = select(table, filter, after, limit + 1);
      const shown = rows.slice(0, limit);
      return { items: shown.map(({ record }) => record), next: rows.length > limit ? shown.at(-1)?.sequence : undefined };
    },
    commit: (writes) => commitWith(writes, () => undefined),
    commitWith,
    writeArtifactBytes: (artifactId, bytes) => attempt(() => {
      inTransaction(database, () => {
        deleteParts.run(artifactId);
        for (let part = 0; part === 0 || part * partBytes < bytes.length; part += 1) insertPart.run(artifactId, part, bytes.subarray(part * partBytes, (part + 1) * partBytes));
      });
    }),
    async *readArtifactBytes(artifactId) {
      for (let part = 0; ; part += 1) {
        const bytes = await attempt(() => selectPart.get(artifactId, part)?.['bytes']);
        if (!(bytes instanceof Uint8Array)) {
          if (part === 0) throw new RecoveryError('not-found', `no artifact ${artifactId}`);
          return;
        }
        yield bytes;
      }
    },
  };
}

/** Thrown inside a commit to take it back; never leaves this file. */
const revisionDiffers = new RecoveryError('conflict', 'a record was changed by somebody else');

/** What is stored was checked by the gateway before it was written, so it is only parsed. */
function readRecord<Table extends GatewayTable>(_table: Table, column: unknown): GatewayRecords[Table] {
  return JSON.parse(String(column)) as GatewayRecords[Table];
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** SQLite answers at once; its errors become the store's word for "nothing was done". */
async function attempt<Value>(work: () => Value | Promise<Value>): Promise<Value> {
  await Promise.resolve();
  try {
    return await work();
  } catch (cause) {
    if (RecoveryError.isInstance(cause)) throw cause;
    throw new RecoveryError('unavailable', 'the database cannot be read or written now; nothing was changed', { cause });
  }
}
