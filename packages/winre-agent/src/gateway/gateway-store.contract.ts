import type { DeviceRecord, OperationRecord, SessionRecord } from './gateway-records.ts';
import type { GatewayStore, GatewayWrite } from './gateway-store.ts';

/** The parts of a test runner that the suite uses; vitest's and jest's fit. */
export interface ContractRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>) => unknown;
  readonly expect: (actual: unknown) => { toEqual(expected: unknown): void };
}

/** A store under test. `reopen` closes it and opens what it wrote; a store that keeps nothing leaves it out. */
export interface StoreUnderTest {
  readonly store: GatewayStore;
  readonly reopen?: () => Promise<GatewayStore>;
  readonly dispose?: () => Promise<void>;
}

const device: DeviceRecord = {
  revision: 1, deviceId: 'device-1', tenantId: 'tenant-1', hardwareId: 'hardware-1', displayName: 'Laptop “ü”', platform: 'windows', enrolmentEpoch: 'epoch-1',
  enrolledAt: '2026-11-22T03:00:00.000Z', devicePublicKey: 'a2V5', stateGeneration: 'g', commandSequence: 0, acknowledgedSequence: 0, policies: {}, lastSeenAt: '2026-11-22T03:00:00.000Z',
};
const digest = '0'.repeat(64);
const operation: OperationRecord = {
  revision: 1, tenantId: 'tenant-1', operationKey: 'operation-1', operationId: 'id-1', deviceId: 'device-1', enrolmentEpoch: 'epoch-1', effect: 'write', planDigest: digest,
  binding: { kind: 'winre-plan/v1', pluginId: 'p', intent: { capability: 'winre.session.enter', tenantId: 'tenant-1', device: { id: 'device-1', enrolmentEpoch: 'epoch-1' } }, requests: [], secretDigests: {}, descriptorHash: digest, lossDigest: null },
  approvals: [], deliverBy: '2026-11-22T04:00:00.000Z', secrets: {}, submittedAt: '2026-11-22T03:00:00.000Z', delivery: 'queued',
  report: { vendorRef: 'id-1', state: 'accepted', rawState: 'queued', observedAt: '2026-11-22T03:00:00.000Z', notices: [] }, reportSequence: 0,
};
const session: SessionRecord = {
  revision: 1, sessionId: 'session-1', deviceId: 'device-1', bootId: 'b', open: true,
  session: { sessionId: 'session-1', device: { id: 'device-1', enrolmentEpoch: 'epoch-1' }, source: 'agent', confidence: 'confirmed', bootReason: 'unknown', startedAt: '2026-11-22T03:00:00.000Z', lastSeenAt: '2026-11-22T03:00:00.000Z', heartbeatEveryMs: 1_000 },
};
const put = (record: DeviceRecord): GatewayWrite => ({ table: 'devices', record });

/**
 * Tests that every gateway store must pass: revisions, all-or-nothing commits, listings, artifacts, and that what was committed is there after opening again.
 *
 * @param open a fresh, empty store per test
 */
export function gatewayStoreContract(name: string, runner: ContractRunner, open: () => Promise<StoreUnderTest>): void {
  const { describe, it, expect } = runner;
  const test = (title: string, body: (subject: StoreUnderTest) => Promise<void>): unknown =>
    it(title, async () => {
      const subject = await open();
      try {
        await body(subject);
      } finally {
        await subject.dispose?.();
      }
    });

  describe(`gateway store: ${name}`, () => {
    test('reads nothing where nothing was written', async ({ store }) => {
      expect(await store.read('devices', 'device-1')).toEqual(undefined);
      expect(await store.list('operations')).toEqual([]);
    });

    test('takes a record whose revision is one more than the stored one, and no other', async ({ store }) => {
      expect(await store.commit([put({ ...device, revision: 2 })])).toEqual(false);
      expect(await store.commit([put(device)])).toEqual(true);
      expect(await store.commit([put(device)])).toEqual(false);
      expect(await store.commit([put({ ...device, revision: 3 })])).toEqual(false);
      expect(await store.commit([put({ ...device, revision: 2, displayName: 'new' })])).toEqual(true);
      expect(await store.read('devices', 'device-1')).toEqual({ ...device, revision: 2, displayName: 'new' });
    });

    test('writes all records or none', async ({ store }) => {
      await store.commit([put(device)]);
      expect(await store.commit([{ table: 'operations', record: operation }, put({ ...device, revision: 5 })])).toEqual(false);
      expect(await store.read('operations', 'tenant-1 operation-1')).toEqual(undefined);
      expect(await store.commit([{ table: 'operations', record: operation }, put({ ...device, revision: 2 })])).toEqual(true);
      expect(await store.read('operations', 'tenant-1 operation-1')).toEqual(operation);
    });

    test('lets exactly one of several writers win', async ({ store }) => {
      await store.commit([put(device)]);
      const won = await Promise.all(['a', 'b', 'c'].map((displayName) => store.commit([put({ ...device, revision: 2, displayName })])));
      expect(won.filter(Boolean).length).toEqual(1);
    });

    test('keeps records of different tables and tenants apart', async ({ store }) => {
      const other = { ...operation, tenantId: 'tenant-2', operationId: 'id-2' };
      expect(await store.commit([{ table: 'operations', record: operation }, { table: 'operations', record: other }, { table: 'sessions', record: session }])).toEqual(true);
      expect(await store.read('operations', 'tenant-2 operation-1')).toEqual(other);
      expect(await store.read('devices', 'device-1')).toEqual(undefined);
    });

    test('lists in the order of the first write, also after a change', async ({ store }) => {
      const ids = ['z', 'a', 'm'];
      for (const deviceId of ids) await store.commit([put({ ...device, deviceId })]);
      await store.commit([put({ ...device, deviceId: 'z', revision: 2 })]);
      expect((await store.list('devices')).map((record) => record.deviceId)).toEqual(ids);
    });

    test('lists what the filter names', async ({ store }) => {
      await store.commit([put(device), put({ ...device, deviceId: 'device-2', hardwareId: 'hardware-2' }), put({ ...device, deviceId: 'device-3', tenantId: 'tenant-2' })]);
      const idsOf = async (filter: Parameters<GatewayStore['list']>[1]): Promise<string[]> => (await store.list('devices', filter)).map((record) => record.deviceId);
      expect(await idsOf({ tenantId: 'tenant-1' })).toEqual(['device-1', 'device-2']);
      expect(await idsOf({ tenantId: 'tenant-1', hardwareId: 'hardware-2' })).toEqual(['device-2']);
      expect(await idsOf({ deviceId: 'device-3' })).toEqual(['device-3']);
    });

    test('lists open operations and sessions, and follows when they close', async ({ store }) => {
      await store.commit([{ table: 'operations', record: operation }, { table: 'operations', record: { ...operation, operationKey: 'operation-2', delivery: 'closed' } }, { table: 'sessions', record: session }]);
      expect((await store.list('operations', { deviceId: 'device-1', open: true })).map((record) => record.operationKey)).toEqual(['operation-1']);
      expect((await store.list('sessions', { open: true })).length).toEqual(1);
      await store.commit([{ table: 'operations', record: { ...operation, revision: 2, delivery: 'closed' } }, { table: 'sessions', record: { ...session, revision: 2, open: false } }]);
      expect(await store.list('operations', { open: true })).toEqual([]);
      expect(await store.list('sessions', { open: true })).toEqual([]);
    });

    test('keeps the bytes of an artifact', async ({ store }) => {
      const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
      await store.writeArtifactBytes('artifact-1', bytes);
      const parts: number[] = [];
      for await (const part of store.readArtifactBytes('artifact-1')) parts.push(...part);
      expect(parts.length === bytes.length && parts.every((byte, index) => byte === bytes[index])).toEqual(true);
    });

    test('says not-found for an artifact that is not there', async ({ store }) => {
      const code = await (async () => {
        for await (const part of store.readArtifactBytes('artifact-9')) return part.length;
        return 'nothing';
      })().catch((error: unknown) => (error as { readonly code?: string }).code);
      expect(code).toEqual('not-found');
    });

    test('does not share memory with its callers', async ({ store }) => {
      const mine = { ...device, policies: { remediation: { cloudRemediation: true, autoRemediation: false, retryIntervalMinutes: 0, timeToRebootMinutes: 60 } } };
      await store.commit([put(mine)]);
      mine.policies.remediation.timeToRebootMinutes = 1;
      expect((await store.read('devices', 'device-1'))?.policies.remediation?.timeToRebootMinutes).toEqual(60);
    });

    test('has after opening again what was committed before', async ({ store, reopen }) => {
      await store.commit([put(device), { table: 'operations', record: operation }]);
      await store.writeArtifactBytes('artifact-1', Uint8Array.of(1, 2, 3));
      const again = (await reopen?.()) ?? store;
      expect(await again.read('devices', 'device-1')).toEqual(device);
      expect(await again.list('operations', { open: true })).toEqual([operation]);
      expect(await again.commit([put(device)])).toEqual(false);
    });
  });
}
