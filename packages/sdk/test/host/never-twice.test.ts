import { createAuditLog, createMemoryAuditStore, createMemoryJournal, type Journal } from '@winre-kit/sdk/host';
import { definePlugin, instantAt, RecoveryError, type OperationReportInput, type OperationsFacet, type PluginInstance } from '@winre-kit/sdk';
import { createFakePlugin, createManualClock, type FakePlugin } from '@winre-kit/testkit';
import { describe, expect, test } from 'vitest';
import { enterIntent, people, person, restoreIntent, setUpHost, statesOf } from './host-setup.ts';

/** The fake plug-in with some of an instance's parts replaced. */
function altered(plugin: FakePlugin, alter: (instance: PluginInstance) => Partial<PluginInstance>): FakePlugin {
  const { definition } = plugin;
  return { ...plugin, definition: definePlugin({ ...definition, open: async (config, services) => {
    const instance = await definition.open(config, services);
    return { ...instance, ...alter(instance) };
  } }) };
}

/** The fake plug-in whose every report passes through `change`. */
function reporting(plugin: FakePlugin, change: (report: OperationReportInput) => OperationReportInput): FakePlugin {
  return altered(plugin, ({ restore, operations }) => ({
    ...(restore?.doStart ? { restore: { ...restore, doStart: async (request, call) => change(await (restore.doStart as NonNullable<typeof restore.doStart>)(request, call)) } } : {}),
    operations: {
      ...operations,
      doGet: async (handle, call) => change(await operations.doGet(handle, call)),
      async *doWatch(handle, call) {
        for await (const report of operations.doWatch(handle, call)) yield change(report);
      },
      async doReconcile(handle, call) {
        const finding = await operations.doReconcile(handle, call);
        return finding.finding === 'found' ? { ...finding, report: change(finding.report) } : finding;
      },
    } satisfies OperationsFacet,
  }));
}

describe('an operation that the vendor once had and does not know any more', () => {
  test('is never sent again, whatever reconcile says', async () => {
    const { host, clock, approved } = await setUpHost();
    await approved();
    await host.start('key-1');
    const forgetful = createFakePlugin({ clock });
    await host.plugin('fake-plugin')[Symbol.asyncDispose]();
    await host.openPlugin(forgetful.definition, {});
    expect((await host.reconcile('key-1')).state).toBe('unknown');
    expect(await host.start('key-1')).toMatchObject({ state: 'unknown', reason: expect.stringContaining('vendor-operation-1') as string });
    await host.recover();
    expect(forgetful.vendor.startsReceived).toHaveLength(0);
  });

  test('is not called expired or failed when its time to deliver is over: it may have been delivered', async () => {
    const { host, clock, approved, vendor } = await setUpHost();
    vendor.offlineDevices.add('device-1');
    await approved();
    await host.start('key-1');
    const forgetful = createFakePlugin({ clock });
    await host.plugin('fake-plugin')[Symbol.asyncDispose]();
    await host.openPlugin(forgetful.definition, {});
    await clock.advance(7_200_001);
    expect((await host.reconcile('key-1')).state).toBe('unknown');
    expect((await host.start('key-1')).state).toBe('unknown');
  });
});

describe('somebody cancelled it while its outcome was unknown:', () => {
  test('found absent, it is not sent again', async () => {
    const { host, vendor, approved } = await setUpHost();
    vendor.failNextStart({ kind: 'never-arrived' }, { kind: 'never-arrived' });
    await approved();
    expect((await host.start('key-1')).state).toBe('unknown');
    await expect(host.cancel('key-1', 'olivia@example.com', 'the user is back')).rejects.toMatchObject({ code: 'not-found' });
    expect(await host.start('key-1')).toMatchObject({ state: 'failed', reason: expect.stringContaining('olivia@example.com') as string });
    expect(vendor.startsReceived).toHaveLength(0);
  });

  test('also after a restart of the host', async () => {
    const first = await setUpHost();
    first.vendor.failNextStart({ kind: 'never-arrived' }, { kind: 'never-arrived' });
    await first.approved();
    await first.host.start('key-1');
    await first.host.cancel('key-1', 'olivia@example.com', 'the user is back').catch(() => {});
    await first.host[Symbol.asyncDispose]();
    const second = await setUpHost({ clock: first.clock, plugin: first.plugin, journal: first.journal, audit: first.audit });
    expect(await second.host.recover()).toMatchObject([{ before: 'unknown', after: 'failed' }]);
    expect(first.vendor.startsReceived).toHaveLength(0);
  });

  test('parked at a vendor gate that opens later, it is not sent again', async () => {
    const { host, vendor, approved } = await setUpHost();
    vendor.failNextStart({ kind: 'park-for-approval' });
    await approved();
    await host.start('key-1');
    const plugin = host.plugin('fake-plugin');
    await plugin[Symbol.asyncDispose]();
    await expect(host.cancel('key-1', 'olivia@example.com', 'the user is back')).rejects.toMatchObject({ code: 'not-found' });
    await host.openPlugin(createFakePlugin({ vendor }).definition, {});
    vendor.approve('key-1');
    expect((await host.start('key-1')).state).toBe('cancelled');
    expect(vendor.startsReceived).toHaveLength(1);
  });
});

test('a requester approves nothing under another spelling of the same name', async () => {
  const setup = await setUpHost();
  const plan = await setup.host.plan('fake-plugin', restoreIntent);
  await setup.host.submit(plan, setup.submitRequest('key-1', { requestedBy: ' Ada@Example.com' }));
  await expect(setup.host.approve('key-1', await setup.approval('key-1', people.ada))).rejects.toMatchObject({ code: 'approval-rejected' });
  expect((await setup.host.operations.get('key-1')).state).toBe('awaiting-approval');
});

test('two spellings of one name are one approver', async () => {
  const shouting = await person('ADA@EXAMPLE.COM');
  const setup = await setUpHost({ approvers: [people.ada.key, shouting.key], approvalPolicy: () => 2 });
  await setup.submitted();
  await setup.host.approve('key-1', await setup.approval('key-1', people.ada));
  await expect(setup.host.approve('key-1', await setup.approval('key-1', shouting))).rejects.toMatchObject({ code: 'already-exists' });
});

test('a clock that runs out while the quota is waited for stops the send', async () => {
  const clock = createManualClock();
  const fake = createFakePlugin({ clock });
  const limited = definePlugin({ ...fake.definition, describe: (config) => {
    const descriptor = fake.definition.describe(config);
    const restore = descriptor.capabilities['winre.restore.trigger'];
    if (!restore || restore.level === 'unavailable') throw new RecoveryError('internal', 'the fake offers no restore');
    return { ...descriptor, capabilities: { ...descriptor.capabilities, 'winre.restore.trigger': { ...restore, parameters: { ...restore.parameters, quotaPerMinute: 2 } } } };
  } });
  const { host, vendor, submitRequest, approval } = await setUpHost({ clock, plugin: { ...fake, definition: limited } });
  const soon = instantAt(clock.now() + 30_000);
  await host.submit(await host.plan('fake-plugin', restoreIntent), submitRequest('key-1', { approveBy: soon, executeBy: soon }));
  await host.approve('key-1', await approval('key-1', people.ada));
  await expect(clock.runUntilSettled(host.start('key-1'))).rejects.toMatchObject({ code: 'approval-expired' });
  expect(vendor.startsReceived).toHaveLength(0);
  expect((await host.operations.get('key-1')).state).toBe('expired');
});

test('whoever joins a start is not aborted with the one who began it, and nothing is sent twice', async () => {
  const { host, clock, vendor, approved } = await setUpHost();
  vendor.failNextStart({ kind: 'slow', delayMs: 60_000 });
  await approved();
  const waiting = new AbortController();
  const first = host.start('key-1', { signal: waiting.signal });
  first.catch(() => {});
  while (vendor.startsReceived.length === 0) await new Promise((resolve) => void setImmediate(resolve));
  const second = host.start('key-1');
  waiting.abort(new Error('went home'));
  await expect(first).rejects.toThrow('went home');
  expect((await clock.runUntilSettled(second)).state).not.toBe('unknown');
  expect(vendor.startsReceived).toHaveLength(1);
});

test('a start that comes while a reconcile runs still starts', async () => {
  const { host, vendor, approved } = await setUpHost();
  vendor.failNextStart({ kind: 'never-arrived' }, { kind: 'never-arrived' });
  await approved();
  expect((await host.start('key-1')).state).toBe('unknown');
  const [, started] = await Promise.all([host.reconcile('key-1'), host.start('key-1')]);
  expect(started.state).toBe('accepted');
  expect(vendor.startsReceived).toHaveLength(1);
});

test('an answer that could not be journalled is asked for again by whoever watches', async () => {
  let failing = false;
  const memory = createMemoryJournal();
  const journal: Journal = { ...memory, append: (entry) => {
    if (failing && entry.type === 'operation.state' && entry.from === 'dispatching') return Promise.reject(new RecoveryError('unavailable', 'disk full'));
    return memory.append(entry);
  } };
  const { host, clock, vendor, approved } = await setUpHost({ journal });
  await approved();
  failing = true;
  await expect(host.start('key-1')).rejects.toMatchObject({ code: 'unavailable' });
  failing = false;
  expect((await host.operations.get('key-1')).state).toBe('dispatching');
  expect((await clock.runUntilSettled(statesOf(host.watch('key-1')))).at(-1)).toBe('succeeded');
  expect(vendor.startsReceived).toHaveLength(1);
});

test('a stream that says nothing for ever is opened again', async () => {
  const clock = createManualClock();
  let opened = 0;
  const deaf = altered(createFakePlugin({ clock, stepMs: 1_000 }), ({ operations }) => ({ operations: { ...operations, async *doWatch(handle, call) {
    opened += 1;
    if (opened > 1) yield* operations.doWatch(handle, call);
    else await new Promise(() => {});
  } } }));
  const { host, approved } = await setUpHost({ clock, plugin: deaf });
  await approved();
  await host.start('key-1');
  expect((await clock.runUntilSettled(statesOf(host.watch('key-1')))).at(-1)).toBe('succeeded');
  await host[Symbol.asyncDispose]();
  await clock.advance(0);
  expect(clock.sleepers).toEqual([]);
});

test('a host that stopped between the last signature and what it means is no dead end', async () => {
  const first = await setUpHost();
  const memory = createMemoryJournal();
  let cutOff = false;
  const journal: Journal = { ...memory, append: (entry) => {
    if (entry.type === 'operation.state' && entry.to === 'approved') cutOff = true;
    return cutOff ? Promise.reject(new RecoveryError('unavailable', 'power cut')) : memory.append(entry);
  } };
  const cut = await setUpHost({ clock: first.clock, plugin: first.plugin, journal });
  await cut.submitted();
  const approval = await cut.approval('key-1', people.ada);
  await expect(cut.host.approve('key-1', approval)).rejects.toMatchObject({ code: 'unavailable' });
  const next = await setUpHost({ clock: first.clock, plugin: first.plugin, journal: memory });
  expect((await next.host.operations.get('key-1')).state).toBe('awaiting-approval');
  expect((await next.host.approve('key-1', approval)).state).toBe('approved');
  expect((await next.host.approvalRequest('key-1')).approvedBy).toEqual(['ada@example.com']);
});

test('a plug-in that is not open yet voids no approval', async () => {
  const { host, plugin, approved } = await setUpHost();
  await approved();
  await host.plugin('fake-plugin')[Symbol.asyncDispose]();
  await expect(host.start('key-1')).rejects.toMatchObject({ code: 'not-found' });
  expect((await host.operations.get('key-1')).state).toBe('approved');
  await host.openPlugin(plugin.definition, {});
  expect((await host.start('key-1')).state).toBe('accepted');
});

test('a loss that was shown otherwise than it is voids the approval, though the digest is right', async () => {
  const { host, vendor, submitRequest, approval } = await setUpHost();
  const plan = await host.plan('fake-plugin', restoreIntent);
  const harmless = { ...plan, loss: { ...plan.loss, entries: [{ path: 'Temp/cache', change: 'modified' as const, bytes: 4_096 }] } };
  await host.submit(harmless as typeof plan, submitRequest('key-1')).then(async () => host.approve('key-1', await approval('key-1', people.ada)), () => {});
  await host.start('key-1').catch(() => {});
  expect(vendor.startsReceived).toHaveLength(0);
});

test('two submissions of one plan at the same moment are one operation', async () => {
  const { host, submitRequest } = await setUpHost();
  const plan = await host.plan('fake-plugin', enterIntent);
  const [one, two] = await Promise.all([host.submit(plan, submitRequest('key-1')), host.submit(plan, submitRequest('key-1'))]);
  expect(one.handle.operationId).toBe(two.handle.operationId);
  expect(await host.operations.list()).toHaveLength(1);
});

test('a report about another operation of the vendor changes nothing', async () => {
  const clock = createManualClock();
  let confused = false;
  const plugin = reporting(createFakePlugin({ clock, stepMs: 1_000 }), (report) => (confused ? { ...report, vendorRef: 'of-somebody-else' } : report));
  const { host, approved } = await setUpHost({ clock, plugin });
  await approved();
  await host.start('key-1');
  confused = true;
  await clock.advance(10_000);
  await expect(host.reconcile('key-1')).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('of-somebody-else') as string });
  expect(await host.operations.get('key-1')).toMatchObject({ state: 'accepted', handle: { vendorRef: 'vendor-operation-1' } });
});

describe('evidence is judged on the vendor’s own clock:', () => {
  const shifted = (clock: ReturnType<typeof createManualClock>, byMs: number, evidenceAtMs?: () => number): FakePlugin => reporting(createFakePlugin({ clock, stepMs: 1_000 }), (report) => {
    const shift = (at: string): string => instantAt(Date.parse(at) + byMs);
    const { evidence } = report;
    return { ...report, observedAt: shift(report.observedAt), ...(evidence ? { evidence: { ...evidence, observedAt: evidenceAtMs ? instantAt(evidenceAtMs() + byMs) : shift(evidence.observedAt) } } : {}) };
  });

  test.each([['an hour behind', -3_600_000], ['a year ahead', 31_536_000_000]])('a vendor whose clock is %s of the host’s is believed', async (_name, byMs) => {
    const clock = createManualClock();
    const { host, approved } = await setUpHost({ clock, plugin: shifted(clock, byMs) });
    await approved();
    await host.start('key-1');
    await clock.advance(10_000);
    expect((await host.reconcile('key-1')).state).toBe('succeeded');
  });

  test('evidence from before the vendor had it is stale, also when its clock is ahead', async () => {
    const clock = createManualClock();
    const plannedMs = clock.now();
    await clock.advance(60_000);
    const { host, approved } = await setUpHost({ clock, plugin: shifted(clock, 3_600_000, () => plannedMs) });
    await approved();
    await host.start('key-1');
    await clock.advance(10_000);
    expect(await host.reconcile('key-1')).toMatchObject({ state: 'verifying', report: { state: 'succeeded' } });
  });

  test('after a lost reply the vendor’s acceptedAt says it', async () => {
    const clock = createManualClock();
    const fake = createFakePlugin({ clock, stepMs: 1_000 });
    fake.vendor.failNextStart({ kind: 'accept-and-lose-reply' });
    const beganMs = clock.now();
    const behind = reporting(fake, (report) => ({
      ...report, acceptedAt: instantAt(beganMs - 3_600_000), observedAt: instantAt(Date.parse(report.observedAt) - 3_600_000),
      ...(report.evidence ? { evidence: { ...report.evidence, observedAt: instantAt(Date.parse(report.evidence.observedAt) - 3_600_000) } } : {}),
    }));
    const { host, approved, vendor } = await setUpHost({ clock, plugin: behind });
    vendor.blind = true;
    await approved();
    expect((await host.start('key-1')).state).toBe('unknown');
    await clock.advance(10_000);
    vendor.blind = false;
    expect((await host.reconcile('key-1')).state).toBe('succeeded');
  });
});

test('a parked request whose reply was lost is found parked, and goes again when the vendor’s gate opens', async () => {
  const clock = createManualClock();
  const fake = createFakePlugin({ clock, stepMs: 1_000 });
  let lost = 0;
  const losing = altered(fake, ({ restore }) => (restore?.doStart ? { restore: { ...restore, doStart: async (request, call) => {
    const report = await (restore.doStart as NonNullable<typeof restore.doStart>)(request, call);
    lost += 1;
    if (lost === 1) throw new RecoveryError('deadline-exceeded', 'no answer');
    return report;
  } } } : {}));
  const { host, approved, vendor } = await setUpHost({ clock, plugin: losing });
  vendor.failNextStart({ kind: 'park-for-approval' });
  await approved();
  expect((await host.start('key-1')).state).toBe('awaiting-vendor-approval');
  vendor.approve('key-1');
  expect((await host.start('key-1')).state).toBe('accepted');
  expect((await clock.runUntilSettled(statesOf(host.watch('key-1')))).at(-1)).toBe('succeeded');
  expect(vendor.effectsOf('key-1')).toBe(1);
});

test('a parked request whose own approval ran out is not sent when the vendor’s gate opens, and frees the device', async () => {
  const { host, clock, vendor, approved } = await setUpHost();
  vendor.failNextStart({ kind: 'park-for-approval' });
  await approved();
  await host.start('key-1');
  await clock.advance(7_200_000);
  vendor.approve('key-1');
  await expect(host.start('key-1')).rejects.toMatchObject({ code: 'approval-expired' });
  expect((await host.operations.get('key-1')).state).toBe('expired');
  expect(vendor.startsReceived).toHaveLength(1);
  await approved('key-2');
  expect((await host.start('key-2')).state).toBe('accepted');
});

test('a vendor that asks for patience gets it: its Retry-After reaches the caller, and nothing is sent before somebody asks again', async () => {
  const { host, vendor, approved } = await setUpHost();
  vendor.failNextStart({ kind: 'throw', error: new RecoveryError('resource-exhausted', 'too many requests', { retryAfterMs: 30_000 }) });
  await approved();
  await expect(host.start('key-1')).rejects.toMatchObject({ code: 'resource-exhausted', retryAfterMs: 30_000 });
  expect(vendor.startsReceived).toHaveLength(0);
  expect((await host.operations.get('key-1')).state).toBe('unknown');
  expect((await host.start('key-1')).state).toBe('accepted');
});

test('audit and journal name the same operation once, whoever submits', async () => {
  const clock = createManualClock();
  const audit = await createAuditLog({ store: createMemoryAuditStore(), clock });
  const { host, submitRequest } = await setUpHost({ clock, audit });
  const plan = await host.plan('fake-plugin', enterIntent);
  await Promise.all([host.submit(plan, submitRequest('key-1')), host.submit(plan, submitRequest('key-1'))]);
  expect((await audit.exportAudit()).entries.filter(({ kind }) => kind === 'operation.submitted')).toHaveLength(1);
});
