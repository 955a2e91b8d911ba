import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { RecoveryError } from '@winre-kit/sdk';
import type { DeviceRecord } from '@winre-kit/winre-agent/gateway';
import { gatewayStoreContract } from '@winre-kit/winre-agent/testing';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { openDatabase } from './open-database.ts';
import { createSqliteGatewayStore } from './sqlite-gateway-store.ts';

let folder: string;
let open: DatabaseSync[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emm-store-'));
  open = [];
});
afterEach(async () => {
  for (const database of open) if (database.isOpen) database.close();
  await rm(folder, { recursive: true });
});
const openStore = (): ReturnType<typeof createSqliteGatewayStore> => {
  for (const database of open) if (database.isOpen) database.close();
  const database = openDatabase(join(folder, 'emm.db'));
  open.push(database);
  return createSqliteGatewayStore(database);
};

gatewayStoreContract('node:sqlite', { describe, it, expect }, () => Promise.resolve({ store: openStore(), reopen: () => Promise.resolve(openStore()) }));

const deviceNamed = (deviceId: string, tenantId = 'tenant-1', revision = 1): DeviceRecord => ({
  revision, deviceId, tenantId, hardwareId: `hardware-${deviceId}`, displayName: deviceId, platform: 'windows', enrolmentEpoch: 'epoch-1', enrolledAt: '2026-11-22T03:00:00.000Z', devicePublicKey: 'a2V5',
  stateGeneration: 'g', commandSequence: 0, acknowledgedSequence: 0, policies: {}, lastSeenAt: '2026-11-22T03:00:00.000Z',
});

test('pages neither skip nor repeat while records are added and changed', async () => {
  const store = openStore();
  for (const name of ['a', 'b', 'c', 'd']) await store.commit([{ table: 'devices', record: deviceNamed(name) }]);
  await store.commit([{ table: 'devices', record: deviceNamed('x', 'tenant-2') }]);
  const first = store.page('devices', { tenantId: 'tenant-1' }, 0, 2);
  await store.commit([{ table: 'devices', record: { ...deviceNamed('a'), revision: 2, displayName: 'changed' } }, { table: 'devices', record: deviceNamed('e') }]);
  const second = store.page('devices', { tenantId: 'tenant-1' }, first.next ?? 0, 2);
  const third = store.page('devices', { tenantId: 'tenant-1' }, second.next ?? 0, 2);
  expect([first, second, third].map(({ items }) => items.map(({ deviceId }) => deviceId))).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  expect(third.next).toBeUndefined();
});

test('a commit of which one record does not fit leaves nothing behind', async () => {
  const store = openStore();
  await store.commit([{ table: 'devices', record: deviceNamed('a') }]);
  expect(await store.commit([{ table: 'devices', record: deviceNamed('b') }, { table: 'devices', record: deviceNamed('a') }])).toBe(false);
  expect(await store.read('devices', 'b')).toBeUndefined();
});

test('a database that cannot be used is unavailable, and says that nothing was changed', async () => {
  const store = openStore();
  open[0]?.close();
  const error: unknown = await store.commit([{ table: 'devices', record: deviceNamed('a') }]).catch((thrown: unknown) => thrown);
  expect(RecoveryError.isInstance(error) && [error.code, error.retry]).toEqual(['unavailable', 'with-backoff']);
});

test('every commit is synced to the disk', () => {
  openStore();
  expect([open[0]?.prepare('PRAGMA journal_mode').get(), open[0]?.prepare('PRAGMA synchronous').get()]).toEqual([{ journal_mode: 'wal' }, { synchronous: 2 }]);
});

test('a database of a newer server is refused, not touched', () => {
  openStore();
  open[0]?.exec('PRAGMA user_version = 999');
  expect(() => openStore()).toThrow(expect.objectContaining({ code: 'failed-precondition' }));
});
