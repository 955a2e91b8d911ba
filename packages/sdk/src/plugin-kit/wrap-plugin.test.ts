import { createFakePlugin, createManualClock, createMockHost, type FakePlugin, type ManualClock, type MockHost } from '@winre-kit/testkit';
import { beforeEach, expect, test } from 'vitest';
import type { CallContext } from '../contract/call-context.ts';
import { capabilityFloors } from '../contract/capability-floors.table.ts';
import { definePlugin, type PluginDefinition, type PluginInstance } from '../contract/plugin.ts';
import { RecoveryError } from '../errors/recovery-error.ts';
import type { IntentOf } from '../schemas/intent.ts';
import { capabilityOfCall } from './capability-of-call.table.ts';
import { injectFaults, type CallFault } from './inject-faults.ts';
import { limitCalls } from './limit-calls.ts';
import type { PluginWrapper } from './plugin-call.ts';
import { recordCalls, type CallRecord } from './record-calls.ts';
import { traceCalls } from './trace-calls.ts';
import { wrapPlugin } from './wrap-plugin.ts';

const config = { tenantId: 'tenant-1', secrets: [] };
const call: CallContext = { signal: new AbortController().signal, correlationId: 'correlation-1' };
const device = { id: 'device-1', enrolmentEpoch: 'epoch-1' };
const intent: IntentOf<'winre.restore.trigger'> = { capability: 'winre.restore.trigger', tenantId: 'tenant-1', device, restorePointId: 'restore-point-1', safetySnapshot: true };
const request = { intent, operationKey: 'key-1', planDigest: 'a'.repeat(64), approvals: [], ttlMs: 60_000, binding: { kind: 'winre-plan/v1' as const, pluginId: 'fake-plugin', intent, requests: [], secretDigests: {}, descriptorHash: 'a'.repeat(64), lossDigest: null } };

let clock: ManualClock;
let host: MockHost;
let fake: FakePlugin;
beforeEach(() => {
  clock = createManualClock();
  host = createMockHost({ clock });
  fake = createFakePlugin({ clock });
});
const open = (...wrappers: PluginWrapper[]): Promise<PluginInstance> => wrapPlugin(fake.definition, ...wrappers).open(config, host.services);
async function drain<Item>(items: AsyncIterable<Item> | undefined, stopAfter = Infinity): Promise<Item[]> {
  const taken: Item[] = [];
  for await (const item of items ?? []) if (taken.push(item) >= stopAfter) break;
  return taken;
}

test('without wrappers a plug-in is what it was, facets and all', async () => {
  const [plain, wrapped] = [await fake.definition.open(config, host.services), await open()];
  expect(Object.keys(wrapped)).toEqual(Object.keys(plain));
  expect(Object.keys(wrapped.restore ?? {})).toEqual(Object.keys(plain.restore ?? {}));
  expect('devices' in wrapped).toBe(true);
  expect((wrapped as unknown as Record<string, unknown>)['nothing']).toBeUndefined();
  expect(wrapped.restore).toBe(wrapped.restore);
  expect((await wrapped.probe(call)).state).toBe('ready');
  await wrapped[Symbol.asyncDispose]();
  await expect(wrapped.probe(call)).rejects.toMatchObject({ code: 'cancelled' });
});

test('the first wrapper is the outermost; deep facets and streams go through all of them', async () => {
  const order: string[] = [];
  const named = (name: string): PluginWrapper => ({
    async aroundCall({ path }, proceed) {
      order.push(`${name}>${path}`);
      const value = await proceed();
      order.push(`${name}<`);
      return value;
    },
    async *aroundStream({ path }, proceed) {
      order.push(`${name}>${path}`);
      yield* proceed();
      order.push(`${name}<`);
    },
  });
  const instance = await open(named('outer'), {}, named('inner'));
  await instance.restore?.policy?.doGet(device, call);
  await drain(instance.restore?.doListPoints?.(device, call));
  expect(order).toEqual(['outer>restore.policy.doGet', 'inner>restore.policy.doGet', 'inner<', 'outer<', 'outer>restore.doListPoints', 'inner>restore.doListPoints', 'inner<', 'outer<']);
});

test('frozen instances, class instances with private members, and methods that throw at once work', async () => {
  class Facet {
    #count = 0;
    doGet(): Promise<number> {
      this.#count += 1;
      if (this.#count > 1) throw new RecoveryError('not-found', 'gone');
      return Promise.resolve(this.#count);
    }
  }
  const instance = Object.freeze({ devices: Object.freeze(new Facet()) }) as unknown as PluginInstance;
  const definition = definePlugin({ ...fake.definition, open: () => Promise.resolve(instance) });
  const records: CallRecord[] = [];
  const wrapped = await wrapPlugin(definition, recordCalls((record) => records.push(record))).open(config, host.services);
  expect(await wrapped.devices?.doGet('d', call)).toBe(1);
  await expect(wrapped.devices?.doGet('d', call)).rejects.toMatchObject({ code: 'not-found' });
  expect(records.map(({ outcome }) => outcome)).toEqual(['returned', 'threw']);
});

test('every do-method of an instance that claims everything has a capability, and every capability a method', async () => {
  const instance = await fake.definition.open(config, host.services);
  const methodsBelow = (value: unknown, path: string): string[] =>
    typeof value === 'function' ? [path] : Object.entries(value as object).flatMap(([name, member]: [string, unknown]) => (typeof member === 'object' || name.startsWith('do') ? methodsBelow(member, path === '' ? name : `${path}.${name}`) : []));
  const methods = methodsBelow(instance, '').filter((path) => !path.startsWith('operations.'));
  expect(new Set(methods)).toEqual(new Set(Object.keys(capabilityOfCall)));
  for (const capability of Object.keys(capabilityFloors).filter((id) => id !== 'winre.session.logs')) expect(Object.values(capabilityOfCall)).toContain(capability);
});

test('limitCalls takes from the budget of the capability before the call', async () => {
  const instance = await open(limitCalls(({ path }) => (path === 'restore.doStart' ? 5 : 1)));
  await instance.restore?.doStart?.(request, call);
  await drain(instance.devices?.doList({}, call));
  await drain(instance.operations.doList({}, call));
  expect(host.limiterTakes).toEqual([{ capability: 'winre.restore.trigger', cost: 5 }, { capability: 'winre.devices', cost: 1 }, { capability: 'winre.operations', cost: 1 }]);
  const refused = await wrapPlugin(fake.definition, limitCalls()).open(config, { ...host.services, limiter: { take: () => Promise.reject(new RecoveryError('resource-exhausted', 'daily quota')) } });
  await expect(refused.restore?.doStart?.({ ...request, operationKey: 'key-2' }, call)).rejects.toMatchObject({ code: 'resource-exhausted' });
  expect(fake.vendor.startsReceived.length).toBe(1);
});

test('traceCalls makes one span per call, ended also on errors and early leave', async () => {
  const spans: { name: string; attributes: Record<string, unknown>; status?: unknown; ended: number }[] = [];
  const tracer = { startSpan(name: string, options?: { attributes?: Record<string, string | number | boolean> }) {
    const span: (typeof spans)[number] = { name, attributes: { ...options?.attributes }, ended: 0 };
    spans.push(span);
    return { setAttribute: (key: string, value: unknown) => (span.attributes[key] = value), setStatus: (status: unknown) => (span.status = status), end: () => void (span.ended += 1) };
  } };
  const instance = await open(traceCalls(tracer));
  await instance.restore?.doStart?.(request, call);
  await expect(instance.devices?.doGet('other', call)).rejects.toMatchObject({ code: 'not-found' });
  await drain(instance.devices?.doList({}, call), 1);
  await expect(drain(instance.artifacts?.doRead('none', call))).rejects.toMatchObject({ code: 'not-found' });
  expect(spans).toMatchObject([
    { name: 'winre.restore.trigger doStart', status: { code: 1 }, ended: 1, attributes: { 'winre.plugin': 'fake-plugin', 'winre.call': 'restore.doStart', 'winre.correlation_id': 'correlation-1' } },
    { name: 'winre.devices doGet', status: { code: 2, message: 'not-found' }, ended: 1, attributes: { 'winre.error_code': 'not-found' } },
    { name: 'winre.devices doList', ended: 1, attributes: { 'winre.items': 1 } },
    { name: 'winre.artifacts doRead', status: { code: 2 }, ended: 1 },
  ]);
});

test('recordCalls tells what was called, how long it took and how it ended', async () => {
  const records: CallRecord[] = [];
  const instance = await open(recordCalls((record) => records.push(record)));
  fake.vendor.failNextStart({ kind: 'slow', delayMs: 700 });
  await clock.runUntilSettled<unknown>(Promise.resolve(instance.restore?.doStart?.(request, call)));
  await expect(instance.devices?.doGet('other', call)).rejects.toMatchObject({ code: 'not-found' });
  await drain(instance.devices?.doList({}, call));
  await drain(instance.devices?.doList({}, call), 1);
  expect(records).toMatchObject([
    { path: 'restore.doStart', capability: 'winre.restore.trigger', correlationId: 'correlation-1', durationMs: 700, outcome: 'returned', arguments: [{ operationKey: 'key-1' }] },
    { path: 'devices.doGet', outcome: 'threw', errorCode: 'not-found', arguments: ['other'] },
    { path: 'devices.doList', outcome: 'returned', items: 1 },
    { path: 'devices.doList', outcome: 'stopped', items: 1 },
  ]);
});

test('injectFaults breaks calls before, after, late and twice', async () => {
  const error = new RecoveryError('unavailable', 'broken on purpose');
  let fault: CallFault | undefined;
  const instance = await open(injectFaults(({ path }) => (path === 'restore.doStart' || path === 'devices.doList' ? fault : undefined)));
  const start = (): Promise<unknown> => instance.restore?.doStart?.(request, call) ?? Promise.resolve();
  fault = { kind: 'throw-before', error };
  await expect(start()).rejects.toBe(error);
  await expect(drain(instance.devices?.doList({}, call))).rejects.toBe(error);
  expect(fake.vendor.startsReceived.length).toBe(0);
  fault = { kind: 'throw-after', error };
  await expect(start()).rejects.toBe(error);
  await expect(drain(instance.devices?.doList({}, call))).rejects.toBe(error);
  expect(fake.vendor.startsReceived.length).toBe(1);
  fault = { kind: 'duplicate' };
  await start();
  expect(await drain(instance.devices?.doList({}, call))).toHaveLength(2);
  expect([fake.vendor.startsReceived.length, fake.vendor.effectsOf('key-1')]).toEqual([3, 1]);
  fault = { kind: 'delay', delayMs: 50 };
  const late = start();
  await clock.advance(49);
  expect(fake.vendor.startsReceived.length).toBe(3);
  await clock.advance(1);
  await late;
  fault = undefined;
  await start();
  expect(fake.vendor.startsReceived.length).toBe(5);
});

test('the wrapped definition keeps id, descriptor and manifest', () => {
  const wrapped: PluginDefinition<typeof fake.definition.configSchema> = wrapPlugin(fake.definition, limitCalls());
  expect([wrapped.id, wrapped.describe(config), wrapped.manifest(config)]).toEqual([fake.definition.id, fake.definition.describe(config), fake.definition.manifest(config)]);
});
