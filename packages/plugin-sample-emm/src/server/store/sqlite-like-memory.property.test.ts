import type { DeviceRecord, GatewayWrite } from '@winre-kit/winre-agent/gateway';
import { createMemoryGatewayStore } from '@winre-kit/winre-agent/gateway';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openDatabase } from './open-database.ts';
import { createSqliteGatewayStore } from './sqlite-gateway-store.ts';

const deviceOf = (deviceId: string, tenantId: string, revision: number): DeviceRecord => ({
  revision, deviceId, tenantId, hardwareId: deviceId, displayName: `${deviceId} ${revision}`, platform: 'linux', enrolmentEpoch: 'e', enrolledAt: '2026-11-22T03:00:00.000Z', devicePublicKey: 'a2V5',
  stateGeneration: 'g', commandSequence: 0, acknowledgedSequence: 0, policies: {}, lastSeenAt: '2026-11-22T03:00:00.000Z',
});
const writes = fc.uniqueArray(fc.record({ id: fc.constantFrom('a', 'b', 'c'), tenant: fc.constantFrom('t', 'u'), revision: fc.integer({ min: 1, max: 3 }) }), { selector: ({ id }) => id, minLength: 1, maxLength: 3 });

test('whatever is committed, in whatever order, both stores take the same and hold the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(writes, { maxLength: 12 }), async (commits) => {
      const database = openDatabase(':memory:');
      const stores = [createSqliteGatewayStore(database), createMemoryGatewayStore()] as const;
      for (const commit of commits) {
        const batch: GatewayWrite[] = commit.map(({ id, tenant, revision }) => ({ table: 'devices', record: deviceOf(id, tenant, revision) }));
        const [taken, expected] = await Promise.all(stores.map((store) => store.commit(batch)));
        expect(taken).toBe(expected);
      }
      for (const filter of [{}, { tenantId: 't' }, { hardwareId: 'a', tenantId: 'u' }]) {
        const [held, expected] = await Promise.all(stores.map((store) => store.list('devices', filter)));
        expect(held).toEqual(expected);
      }
      database.close();
    }),
    { numRuns: 60 },
  );
});
