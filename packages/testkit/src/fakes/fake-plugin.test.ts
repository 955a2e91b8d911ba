import {
  capabilityFloors, claimOf, descriptorHashOf, describePlugin, operationReportSchema, planDraftSchema, sessionEventSchema,
  type CallContext, type FacetName, type IntentOf, type OperationHandle, type PluginInstance, type SessionEventInput, type StartRequest,
} from '@winre-kit/sdk';
import { beforeEach, expect, test } from 'vitest';
import { createFakePlugin, type FakePlugin } from './fake-plugin.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createMockHost, type MockHost } from './mock-host.ts';

const config = { tenantId: 'tenant-1', secrets: ['wifi-key'] };
const call: CallContext = { signal: new AbortController().signal, correlationId: 'correlation-1' };
const device = { id: 'device-1', enrolmentEpoch: 'epoch-1' };
const intent: IntentOf<'winre.restore.trigger'> = { capability: 'winre.restore.trigger', tenantId: 'tenant-1', device, restorePointId: 'restore-point-1', safetySnapshot: true };
const request: StartRequest<'winre.restore.trigger'> = {
  intent, operationKey: 'key-1', planDigest: 'a'.repeat(64), approvals: [], ttlMs: 60_000,
  binding: { kind: 'winre-plan/v1', pluginId: 'fake-plugin', intent, requests: [], secretDigests: {}, descriptorHash: 'a'.repeat(64), lossDigest: null },
};
const handle: OperationHandle = { operationId: 'operation-1', operationKey: 'key-1', plugin: 'fake-plugin', device, capability: intent.capability, payloadDigest: 'a'.repeat(64), createdAt: '2026-11-22T03:00:00Z', ttlMs: 60_000 };

let clock: ManualClock;
let host: MockHost;
let plugin: FakePlugin;
let instance: PluginInstance;
beforeEach(async () => {
  clock = createManualClock();
  host = createMockHost({ clock, secrets: { 'wifi-key': 'correct horse' } });
  plugin = createFakePlugin({ clock, stepMs: 1_000 });
  instance = await plugin.definition.open(config, host.services);
});
const start = async (more: Partial<typeof request> = {}): Promise<string> => (await instance.restore?.doStart?.({ ...request, ...more }, call))?.state ?? 'no facet';
async function take<Item>(items: AsyncIterable<Item> | readonly Item[], count: number): Promise<Item[]> {
  const taken: Item[] = [];
  for await (const item of items) if (taken.push(item) >= count) break;
  return taken;
}

test('it claims every capability at its floor and has every facet', async () => {
  const descriptor = describePlugin(plugin.definition, config);
  for (const [id, floor] of Object.entries(capabilityFloors)) {
    expect(claimOf(descriptor, id as keyof typeof capabilityFloors)).toMatchObject({ effect: floor.effect, reversibility: floor.reversibility });
    expect(instance[floor.facet as FacetName]).toBeDefined();
  }
  expect(await descriptorHashOf(descriptor)).toBe(await descriptorHashOf(describePlugin(plugin.definition, config)));
});

test('an operation passes through its states by the clock, with one effect and evidence at the end', async () => {
  expect(await start()).toBe('accepted');
  const states: string[] = [];
  const watching = (async () => {
    for await (const report of instance.operations.doWatch(handle, call)) {
      operationReportSchema.parse(report);
      states.push(`${report.state} ${report.percent}`);
    }
  })();
  await clock.runUntilSettled(watching);
  expect(states).toEqual(['accepted 0', 'delivered 10', 'running 50', 'verifying 90', 'succeeded 100']);
  expect((await instance.operations.doGet(handle, call)).evidence).toMatchObject({ source: 'agent' });
  expect(plugin.vendor.effectsOf('key-1')).toBe(1);
});

test('the same key is the same operation, another payload is refused', async () => {
  await start();
  await clock.advance(10_000);
  expect(await Promise.all(Array.from({ length: 10 }, () => start()))).toEqual(Array.from({ length: 10 }, () => 'succeeded'));
  expect([plugin.vendor.effectsOf('key-1'), plugin.vendor.startsReceived.length]).toEqual([1, 11]);
  await expect(start({ planDigest: 'b'.repeat(64) })).rejects.toMatchObject({ code: 'already-exists' });
});

test.each([['accept-and-lose-reply', 'found', 1], ['never-arrived', 'absent', 0]] as const)('%s: unknown, then reconcile says %s', async (kind, finding, effects) => {
  plugin.vendor.failNextStart({ kind });
  await expect(start()).rejects.toMatchObject({ code: 'deadline-exceeded', retry: 'reconcile-first' });
  await clock.advance(10_000);
  expect((await instance.operations.doReconcile(handle, call)).finding).toBe(finding);
  expect(plugin.vendor.effectsOf('key-1')).toBe(effects);
  plugin.vendor.blind = true;
  expect((await instance.operations.doReconcile(handle, call)).finding).toBe('cannot-tell');
});

test('a slow vendor answers by the clock; abandoning the wait leaves the operation', async () => {
  plugin.vendor.failNextStart({ kind: 'slow', delayMs: 5_000 });
  const abort = new AbortController();
  const starting = instance.restore?.doStart?.(request, { ...call, signal: abort.signal });
  await clock.advance(1_000);
  abort.abort(new Error('tired'));
  await expect(starting).rejects.toThrow('tired');
  await clock.advance(10_000);
  expect((await instance.operations.doGet(handle, call)).state).toBe('succeeded');
});

test('a parked start waits for the vendor, and goes on when the same request comes again', async () => {
  plugin.vendor.failNextStart({ kind: 'park-for-approval' });
  expect(await start()).toBe('awaiting-vendor-approval');
  await clock.advance(10_000);
  expect(await instance.operations.doGet(handle, call)).toMatchObject({ state: 'awaiting-vendor-approval', vendorApproval: { reference: 'approval-key-1' } });
  plugin.vendor.approve('key-1');
  expect(await start()).toBe('accepted');
  await clock.advance(10_000);
  expect(plugin.vendor.effectsOf('key-1')).toBe(1);
});

test('a failure on the device is a state, a refusal is thrown', async () => {
  plugin.vendor.failNextStart({ kind: 'fail', exitCode: 3 }, { kind: 'throw', error: new TypeError('broken') });
  await start();
  await clock.advance(10_000);
  expect(await instance.operations.doGet(handle, call)).toMatchObject({ state: 'failed', exitCode: 3 });
  await expect(start({ operationKey: 'key-2' })).rejects.toThrow('broken');
});

test('what is not delivered in time expires and is never delivered', async () => {
  plugin.vendor.offlineDevices.add('device-1');
  await start();
  await clock.advance(61_000);
  plugin.vendor.offlineDevices.clear();
  await clock.advance(60_000);
  expect([(await instance.operations.doGet(handle, call)).state, plugin.vendor.effectsOf('key-1')]).toEqual(['expired', 0]);
});

test('cancelling works before delivery only', async () => {
  await start();
  expect(await instance.operations.doCancel(handle, call)).toBe('accepted');
  await clock.advance(10_000);
  expect(plugin.vendor.effectsOf('key-1')).toBe(0);
  await start({ operationKey: 'key-2' });
  await clock.advance(2_000);
  expect(await instance.operations.doCancel({ ...handle, operationKey: 'key-2' }, call)).toBe('too-late');
});

test('another enrolment and another tenant are refused', async () => {
  await expect(start({ intent: { ...intent, device: { ...device, enrolmentEpoch: 'epoch-0' } } })).rejects.toMatchObject({ code: 'enrolment-changed' });
  await start();
  const other = await plugin.definition.open({ tenantId: 'tenant-2', secrets: [] }, host.services);
  await expect(other.operations.doGet(handle, call)).rejects.toMatchObject({ code: 'not-found' });
  await expect(other.devices?.doGet('device-1', call)).rejects.toMatchObject({ code: 'not-found' });
  expect(plugin.vendor.effectsOf('key-1')).toBe(0);
});

test('plans are well-formed, say what is lost, and write nothing', async () => {
  const plan = planDraftSchema.parse(await instance.restore?.doPlan?.(intent, call));
  expect([plan.loss?.files, plan.prechecks.every(({ state }) => state === 'met')]).toEqual([1, true]);
  plugin.vendor.restorePoints.splice(0);
  expect(planDraftSchema.parse(await instance.restore?.doPlan?.(intent, call)).prechecks).toContainEqual(expect.objectContaining({ id: 'restore-point-intact', state: 'unmet' }));
  expect([plugin.vendor.operations.length, host.requests.length]).toEqual([0, 0]);
});

test('secrets go to the vendor and the lease is given back', async () => {
  const network: IntentOf<'winre.network.configure'> = { capability: 'winre.network.configure', tenantId: 'tenant-1', device, profile: { kind: 'wifi-wpa2-psk', ssid: 'office', key: { secret: 'wifi-key' }, hidden: false }, confirmDisconnect: true, rollBackAfterMs: 60_000 };
  await instance.network?.doStart({ ...request, intent: network, operationKey: 'key-2' }, call);
  expect(plugin.vendor.secretsReceived.map((secret) => secret.reveal())).toEqual(['correct horse']);
  expect(host.secrets.openLeases).toBe(0);
});

test('a watch replays from its token, tells of a gap, filters by device and ends with its signal', async () => {
  const { sessions } = plugin.vendor;
  sessions.detect({ sessionId: 'session-1', device });
  sessions.heartbeat('session-1');
  sessions.log('session-1', 'grüße');
  const first = await take(instance.sessions?.doWatch({}, call) ?? [], 4);
  for (const event of first) sessionEventSchema.parse(event);
  expect(first.map(({ type }) => type)).toEqual(['session.detected', 'session.heartbeat', 'session.log', 'stream.checkpoint']);
  const checkpoint = first.at(-1) as Extract<SessionEventInput, { type: 'stream.checkpoint' }>;
  const stop = new AbortController();
  const seen: string[] = [];
  const watching = (async () => {
    for await (const event of instance.sessions?.doWatch({ resumeToken: checkpoint.resumeToken, deviceId: 'device-1' }, { ...call, signal: stop.signal }) ?? []) seen.push(event.type);
  })();
  await clock.advance(0);
  sessions.detect({ sessionId: 'session-2', device: { id: 'device-2', enrolmentEpoch: 'e' } });
  sessions.lose('session-1');
  sessions.end('session-1', 'booted');
  await clock.advance(0);
  stop.abort();
  await watching;
  expect(seen.filter((type) => type !== 'stream.checkpoint')).toEqual(['session.lost', 'session.ended']);
  sessions.keepLast(1);
  expect((await take(instance.sessions?.doWatch({ resumeToken: '1' }, call) ?? [], 1))[0]?.type).toBe('stream.gap');
});

test('policies, points, artifacts and lists', async () => {
  await instance.restore?.policy?.doSet(device, { enabled: true, cadenceHours: 24, retentionHours: 72, maxDiskBytes: 1 }, call);
  expect(await instance.restore?.policy?.doGet(device, call)).toMatchObject({ cadenceHours: 24 });
  expect(await take(instance.restore?.doListPoints?.(device, call) ?? [], 9)).toHaveLength(1);
  expect(await take(instance.artifacts?.doList(device, call) ?? [], 9)).toEqual([expect.not.objectContaining({ bytesOf: expect.anything() as unknown })]);
  expect(await take(instance.artifacts?.doRead('artifact-1', call) ?? [], 9)).toHaveLength(1);
  plugin.vendor.consentedCategories.clear();
  await expect(take(instance.artifacts?.doRead('artifact-1', call) ?? [], 9)).rejects.toMatchObject({ code: 'permission-denied' });
  expect(await instance.devices?.doResolve({ serialNumber: 'SN-1' }, call)).toMatchObject({ id: 'device-1' });
});

test('after closing, calls fail with cancelled, watches end, and closing twice is fine', async () => {
  const watching = take(instance.sessions?.doWatch({}, call) ?? [], 1);
  await clock.advance(0);
  plugin.vendor.failNextStart({ kind: 'slow', delayMs: 2_000 });
  const starting = start();
  const draining = instance.drain(clock.now() + 60_000);
  await expect(start({ operationKey: 'key-2' })).rejects.toMatchObject({ code: 'cancelled' });
  await clock.advance(2_000);
  await Promise.all([starting, draining]);
  await instance[Symbol.asyncDispose]();
  await instance[Symbol.asyncDispose]();
  expect(await watching).toEqual([]);
  await expect(instance.probe(call)).rejects.toMatchObject({ code: 'cancelled' });
  expect(clock.sleepers).toEqual([]);
});
