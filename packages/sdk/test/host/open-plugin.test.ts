import { createFakePlugin, createManualClock, createMockSecrets, type FakePlugin } from '@winre-kit/testkit';
import { definePlugin, RecoveryError, type HostServices, type PluginInstance } from '@winre-kit/sdk';
import type { HostMeter, HostTracer } from '@winre-kit/sdk/host';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { device, enterIntent, setUpHost, type HostSetup } from './host-setup.ts';

type Definition = FakePlugin['definition'];
/** A host over a fake plug-in of which some parts are replaced. */
async function hostOver(change: (fake: FakePlugin) => Partial<Definition>, more: Parameters<typeof setUpHost>[0] = {}): Promise<HostSetup> {
  const clock = createManualClock();
  const fake = createFakePlugin({ clock, stepMs: 1_000 });
  return setUpHost({ clock, plugin: { ...fake, definition: definePlugin<Definition['configSchema']>({ ...fake.definition, ...change(fake) }) }, ...more });
}
const withInstance = (change: (instance: PluginInstance, services: HostServices) => PluginInstance) => ({ definition }: FakePlugin): Partial<Definition> => ({
  open: async (config, services) => change(await definition.open(config, services), services),
});
const all = async (items: AsyncIterable<unknown>): Promise<unknown[]> => {
  const found: unknown[] = [];
  for await (const item of items) found.push(item);
  return found;
};

test('an opened plug-in says who it is; its id is open once at a time', async () => {
  const { host, plugin } = await setUpHost();
  const opened = host.plugin('fake-plugin');
  expect(opened).toMatchObject({ id: 'fake-plugin', specVersion: 'v1', version: '1.0.0', descriptorHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  expect(Object.isFrozen(opened.descriptor.capabilities)).toBe(true);
  await expect(host.openPlugin(plugin.definition, {})).rejects.toMatchObject({ code: 'already-exists' });
  await opened[Symbol.asyncDispose]();
  await opened[Symbol.asyncDispose]();
  expect(() => host.plugin('fake-plugin')).toThrow(expect.objectContaining({ code: 'not-found' }) as Error);
  await host.openPlugin(plugin.definition, {});
});

describe('opening is refused:', () => {
  test('a config with a wrong field, naming it', async () => {
    await expect(setUpHost({ config: { tenantId: '' } })).rejects.toMatchObject({ code: 'invalid-config', fieldPath: 'tenantId' });
    await expect(setUpHost({ config: { tennantId: 't' } })).rejects.toMatchObject({ code: 'invalid-config', fieldPath: 'tennantId', message: expect.stringContaining('tennantId') as string });
  });
  test('no spec version in common, with both lists', async () => {
    await expect(setUpHost({ supportedSpecVersions: ['v2', 'v3'] })).rejects.toMatchObject({ code: 'spec-version-mismatch', hostVersions: ['v2', 'v3'], pluginVersions: ['v1'] });
  });
  test('a config the tenant does not accept', async () => {
    await expect(hostOver(() => ({ validateConfig: () => Promise.reject(new RecoveryError('invalid-config', 'no licence', { fieldPath: 'tenantId' })) }))).rejects.toMatchObject({ code: 'invalid-config', fieldPath: 'tenantId' });
  });
  test('a descriptor below a floor', async () => {
    await expect(hostOver(({ definition }) => ({
      describe: (config) => {
        const input = definition.describe(config);
        return { ...input, capabilities: { ...input.capabilities, 'winre.rebuild.trigger': { level: 'stable', effect: 'write', reversibility: 'irreversible' } } };
      },
    }))).rejects.toMatchObject({ code: 'invalid-config', fieldPath: 'capabilities.winre.rebuild.trigger.effect' });
  });
  test('an instance without operations, or with half of them', async () => {
    for (const operations of [undefined, { doGet: () => undefined }]) {
      await expect(hostOver(withInstance((instance) => ({ ...instance, operations }) as unknown as PluginInstance))).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('no operations.doReconcile') as string });
    }
  });
  test('a facet that is claimed and missing, or there and not claimed; the instance is closed again', async () => {
    const disposed = vi.fn<() => void>();
    const closing = (instance: PluginInstance): PluginInstance => ({ ...instance, [Symbol.asyncDispose]: () => Promise.resolve(disposed()) });
    await expect(hostOver(withInstance((instance) => {
      const { rebuild: _rebuild, ...rest } = closing(instance);
      return rest;
    }))).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('winre.rebuild.trigger is claimed') as string });
    expect(disposed).toHaveBeenCalledTimes(1);
    await expect(hostOver(({ definition }) => ({
      describe: (config) => {
        const input = definition.describe(config);
        return { ...input, capabilities: { ...input.capabilities, 'winre.artifacts': { level: 'unavailable', reason: 'not in this tier' } } };
      },
    }))).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('winre.artifacts, which the descriptor does not claim') as string });
  });
  test('an abort while opening, and the late instance is closed', async () => {
    const disposed = vi.fn<() => void>();
    let release = (): void => {};
    const fake = createFakePlugin();
    const slow = definePlugin({ ...fake.definition, id: 'slow-plugin', describe: (config) => ({ ...fake.definition.describe(config), plugin: 'slow-plugin' }), open: async (config, services) => {
      await new Promise<void>((resolve) => void (release = resolve));
      return { ...(await fake.definition.open(config, services)), [Symbol.asyncDispose]: () => Promise.resolve(disposed()) };
    } });
    const { host } = await setUpHost();
    const stop = new AbortController();
    const opening = host.openPlugin(slow, {}, { signal: stop.signal });
    await new Promise((resolve) => void setImmediate(resolve));
    stop.abort(new Error('enough'));
    await expect(opening).rejects.toThrow('enough');
    release();
    await vi.waitFor(() => expect(disposed).toHaveBeenCalledTimes(1));
  });
});

test('an absent facet and a preview without opt-in throw unsupported with the reason', async () => {
  const unclaimed = ({ definition }: FakePlugin): Partial<Definition> => ({
    describe: (config) => {
      const input = definition.describe(config);
      return { ...input, capabilities: { ...input.capabilities, 'winre.artifacts': { level: 'unavailable', reason: 'not in this tier' }, 'winre.devices': { level: 'preview', effect: 'read', reversibility: 'reversible' } } };
    },
    open: async (config, services) => {
      const { artifacts: _artifacts, ...rest } = await definition.open(config, services);
      return rest;
    },
  });
  const { host } = await hostOver(unclaimed);
  await expect(all(host.plugin('fake-plugin').artifacts.list(device))).rejects.toMatchObject({ code: 'unsupported', message: expect.stringContaining('not in this tier') as string });
  await expect(host.plugin('fake-plugin').devices.get('device-1')).rejects.toMatchObject({ code: 'unsupported', message: expect.stringContaining('previewOptIn') as string });
  const optedIn = await hostOver(unclaimed, { previewOptIn: ['winre.devices'] });
  expect(await optedIn.host.plugin('fake-plugin').devices.get('device-1')).toMatchObject({ id: 'device-1' });
});

test('every read works through the wrapper', async () => {
  const { host } = await setUpHost();
  const opened = host.plugin('fake-plugin');
  expect(await opened.probe()).toMatchObject({ state: 'ready' });
  expect((await opened.capabilitiesFor(device)).abilities?.interpreters).toContain('cmd');
  expect(await all(opened.devices.list())).toHaveLength(1);
  expect(await opened.devices.resolve({ serialNumber: 'SN-1' })).toMatchObject({ id: 'device-1' });
  expect(await opened.devices.resolve({ serialNumber: 'SN-9' })).toBeUndefined();
  expect(await opened.network.current(device)).toMatchObject({ connected: true });
  expect(await all(opened.restore.listPoints(device))).toHaveLength(1);
  const policy = { enabled: true, cadenceHours: 24, retentionHours: 72, maxDiskBytes: 1_000 } as const;
  expect(await opened.restore.policy.get(device)).toBeUndefined();
  await opened.restore.policy.set(device, policy);
  expect(await opened.restore.policy.get(device)).toEqual(policy);
  await expect(opened.restore.policy.set(device, { ...policy, cadenceHours: 5 } as never)).rejects.toMatchObject({ code: 'invalid-argument', fieldPath: 'cadenceHours' });
  await expect(opened.devices.resolve({ serialNumber: '' })).rejects.toMatchObject({ code: 'invalid-argument' });
  const { entries } = await host.audit.exportAudit();
  expect(entries.filter(({ kind }) => kind === 'policy.set')).toMatchObject([{ subject: { deviceId: device.id }, facts: { capability: 'winre.restore.policy', policy } }]);
  expect(await all(opened.rebuild.listOfferings(device))).toHaveLength(1);
  expect(await opened.remediation.outcome(device)).toMatchObject({ state: 'not-run' });
  expect(await opened.recoveryKeys.escrowStatus(device)).toMatchObject({ escrowed: true });
  expect(await all(opened.artifacts.list(device))).toMatchObject([{ id: 'artifact-1' }]);
  expect(Buffer.concat((await all(opened.artifacts.read('artifact-1'))) as Uint8Array[]).toString()).toBe('bytes');
  expect(await all(opened.operations.list())).toEqual([]);
});

test('a reply that breaks the contract and a foreign error are internal, with what was being done', async () => {
  const { host } = await hostOver(withInstance((instance) => ({
    ...instance,
    probe: () => Promise.resolve({ state: 'fine' } as never),
    capabilitiesFor: () => Promise.reject(new TypeError('x is not a function')),
  })));
  await expect(host.plugin('fake-plugin').probe()).rejects.toMatchObject({ code: 'internal', fieldPath: 'state', message: expect.stringContaining('probe breaks the contract') as string });
  await expect(host.plugin('fake-plugin').capabilitiesFor(device)).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('x is not a function') as string, cause: expect.any(TypeError) as TypeError });
});

test('aborts and deadlines end the wait even when the plug-in ignores them', async () => {
  const { host, clock } = await hostOver(withInstance((instance) => ({ ...instance, probe: () => new Promise(() => {}) })));
  const stop = new AbortController();
  const waiting = host.plugin('fake-plugin').probe({ signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await expect(clock.runUntilSettled(host.plugin('fake-plugin').probe({ deadlineMs: clock.now() + 10 }))).rejects.toMatchObject({ code: 'deadline-exceeded' });
});

test('after drain and after close calls fail with cancelled; drain waits for those that run, until its deadline', async () => {
  let release = (): void => {};
  const { host, clock } = await hostOver(withInstance((instance) => ({ ...instance, capabilitiesFor: async () => {
    await new Promise<void>((resolve) => void (release = resolve));
    return { abilities: undefined, unavailable: {} };
  } })));
  const opened = host.plugin('fake-plugin');
  const running = opened.capabilitiesFor(device);
  let drained = false;
  const draining = opened.drain(clock.now() + 1_000).then(() => void (drained = true));
  await expect(opened.probe()).rejects.toMatchObject({ code: 'cancelled' });
  await clock.advance(500);
  expect(drained).toBe(false);
  release();
  await running;
  await clock.runUntilSettled(draining);
  await opened.drain(clock.now());
  await host[Symbol.asyncDispose]();
  await expect(opened.probe()).rejects.toMatchObject({ code: 'cancelled' });
  await expect(all(opened.devices.list())).rejects.toMatchObject({ code: 'cancelled' });
});

describe('lent services', () => {
  async function services(more: Parameters<typeof setUpHost>[0] = {}): Promise<HostServices> {
    let lent: HostServices | undefined;
    await hostOver(({ definition }) => ({
      configSchema: z.strictObject({ tenantId: z.string().default('tenant-1'), token: z.undefined().optional(), secrets: z.array(z.string()).default([]) }) as never,
      manifest: () => ({ outboundHosts: ['emm.example'], secrets: ['listed'], scopes: [] }),
      open: (config, given) => {
        lent = given;
        return definition.open(config, given);
      },
    }), more);
    if (!lent) throw new RecoveryError('internal', 'not opened');
    return lent;
  }

  test('reach no host and no secret beyond the manifest', async () => {
    const { http, secrets } = await services({ knownSecrets: { listed: 'value-1', other: 'value-2' }, http: { fetch: () => Promise.resolve(new Response('ok')) } });
    expect(await (await http.fetch('https://emm.example/')).text()).toBe('ok');
    await expect(http.fetch('https://evil.example/')).rejects.toMatchObject({ code: 'permission-denied' });
    using lease = await secrets.resolve({ secret: 'listed' });
    expect(lease.value.reveal()).toBe('value-1');
    await expect(secrets.resolve({ secret: 'other' })).rejects.toMatchObject({ code: 'permission-denied', facts: { secret: 'other' } });
  });

  test('a renewed secret is redacted too', async () => {
    const clock = createManualClock();
    const logs: unknown[] = [];
    const lent = await services({ clock, secrets: createMockSecrets({ listed: { value: 'first-value', lifetimeMs: 10, renewals: ['second-value'] } }, clock), logger: { log: (...line) => void logs.push(line) } });
    using lease = await lent.secrets.resolve({ secret: 'listed' });
    using renewed = await lease.renew();
    lent.logger.log('info', `${lease.value.reveal()} ${renewed.value.reveal()}`);
    await lent.audit.note('note of second-value', { key: 'first-value' });
    expect(JSON.stringify(logs.at(-1))).toContain('«secret» «secret»');
  });

  test('the signal is aborted when the plug-in is closed', async () => {
    let lent: HostServices | undefined;
    const { host } = await hostOver(withInstance((instance, given) => {
      lent = given;
      return instance;
    }));
    expect(lent?.signal.aborted).toBe(false);
    await host[Symbol.asyncDispose]();
    expect(lent?.signal.aborted).toBe(true);
  });
});

test('a plug-in that breaks while starting is reconciled, and its author hears of it', async () => {
  const broken = (instance: PluginInstance): PluginInstance => {
    const { sessions } = instance;
    if (!sessions?.enter) throw new TypeError('the fake plug-in claims every capability');
    const doStart = (): Promise<never> => Promise.reject(new TypeError('cannot read jobs of undefined'));
    return { ...instance, sessions: { ...sessions, enter: { ...sessions.enter, doStart } } };
  };
  const { host, logs, approved, vendor } = await hostOver(withInstance(broken));
  await approved('key-1', enterIntent);
  await host.start('key-1').catch(() => undefined);
  expect(logs).toContainEqual({ level: 'error', message: 'the plug-in failed to start an operation', fields: expect.objectContaining({ operationKey: 'key-1', reason: expect.stringContaining('cannot read jobs of undefined') as string }) as unknown });
  expect(vendor.effectsOf('key-1')).toBe(0);
});

test('declared quotas are enforced, before anything is journalled', async () => {
  const { host, vendor, approved } = await hostOver(({ definition }) => ({
    describe: (config) => {
      const input = definition.describe(config);
      return { ...input, capabilities: { ...input.capabilities, 'winre.session.enter': { level: 'stable', effect: 'write', reversibility: 'reversible', parameters: { quotaPerDay: 2 } } } };
    },
  }));
  await approved('key-1', enterIntent);
  // One for the plan, one for the plan right before sending; none is left for the start.
  await expect(host.start('key-1')).rejects.toMatchObject({ code: 'resource-exhausted' });
  expect((await host.operations.get('key-1')).state).toBe('approved');
  expect(vendor.startsReceived).toHaveLength(0);
});

test('spans and metrics are named after capabilities', async () => {
  const spans: { name: string; attributes: Record<string, unknown>; ended: boolean }[] = [];
  const tracer: HostTracer = { startSpan: (name, options) => {
    const span = { name, attributes: { ...options?.attributes } as Record<string, unknown>, ended: false };
    spans.push(span);
    return { setAttribute: (key, value) => void (span.attributes[key] = value), setStatus: () => {}, end: () => void (span.ended = true) };
  } };
  const counts: unknown[] = [];
  const meter: HostMeter = { createCounter: (name) => ({ add: (value, attributes) => void counts.push([name, value, attributes]) }), createHistogram: () => ({ record: () => {} }) };
  const { host } = await setUpHost({ tracer, meter });
  await host.plugin('fake-plugin').devices.get('device-9').catch(() => {});
  expect(spans).toMatchObject([{ name: 'winre.devices', attributes: { 'winre.verb': 'get', 'winre.outcome': 'not-found' }, ended: true }]);
  expect(counts).toEqual([['winre.devices.calls', 1, { plugin: 'fake-plugin', verb: 'get', outcome: 'not-found' }]]);
});
