import { createMemoryAuditStore, createAuditLog, createMemoryJournal, type Journal } from '@winre-kit/sdk/host';
import { instantAt, RecoveryError } from '@winre-kit/sdk';
import { createFakePlugin, createManualClock } from '@winre-kit/testkit';
import { expect, test } from 'vitest';
import { enterIntent, people, restoreIntent, setUpHost, statesOf } from './host-setup.ts';

const restorePoint = { id: 'restore-point-1', takenAt: instantAt(0), state: 'intact', trigger: 'schedule' } as const;
const collect = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
};

test('a restore goes from plan to evidence: signed, journalled, sent once, watched, verified', async () => {
  const setup = await setUpHost();
  const { host, clock, vendor } = setup;
  const plan = await host.plan('fake-plugin', restoreIntent);
  expect(plan).toMatchObject({ effect: 'destructive', approvalsNeeded: 1, binding: { kind: 'winre-plan/v1', lossDigest: plan.loss?.digest } });
  expect((await host.submit(plan, setup.submitRequest('key-1'))).state).toBe('awaiting-approval');
  expect((await host.approve('key-1', await setup.approval('key-1', people.ada))).state).toBe('approved');
  expect((await host.start('key-1')).state).toBe('accepted');
  const watching = collect(host.watch('key-1'));
  await clock.runUntilSettled(watching);
  const snapshots = await watching;
  expect([...new Set(snapshots.map(({ state }) => state))]).toEqual(['accepted', 'delivered', 'running', 'verifying', 'succeeded']);
  const percents = snapshots.map(({ report }) => report?.percent ?? 0);
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  expect(snapshots.at(-1)?.report?.percent).toBe(100);
  expect(vendor.effectsOf('key-1')).toBe(1);
  expect(vendor.startsReceived).toHaveLength(1);
  expect(vendor.startsReceived[0]).toMatchObject({ planDigest: plan.planDigest, approvals: [{ keyId: people.ada.key.keyId }] });
});

test('an operation that nobody has to sign is approved at once', async () => {
  const { submitted } = await setUpHost();
  expect((await submitted('key-1', enterIntent)).state).toBe('approved');
});

test('the same key and plan is the same operation, another payload is refused', async () => {
  const setup = await setUpHost();
  const first = await setup.submitted('key-1', enterIntent);
  expect(await setup.submitted('key-1', enterIntent)).toEqual(first);
  await expect(setup.submitted('key-1', restoreIntent)).rejects.toMatchObject({ code: 'already-exists' });
});

test('a lost reply is unknown, reconciled and found: one effect', async () => {
  const { host, clock, vendor, approved, audit } = await setUpHost();
  vendor.failNextStart({ kind: 'accept-and-lose-reply' });
  await approved();
  const seen: string[] = [];
  host.events.on('operation-changed', ({ state }) => void seen.push(state));
  expect((await host.start('key-1')).state).toBe('accepted');
  expect([...new Set(seen)]).toEqual(['dispatching', 'unknown', 'accepted']);
  expect(await clock.runUntilSettled(statesOf(host.watch('key-1')))).toContain('succeeded');
  expect(vendor.effectsOf('key-1')).toBe(1);
  expect(vendor.startsReceived).toHaveLength(1);
  expect((await audit.exportAudit()).entries.map(({ kind }) => kind)).toContain('operation.reconciled');
});

test('a lost request is proved absent and sent again exactly once', async () => {
  const { host, vendor, approved } = await setUpHost();
  vendor.failNextStart({ kind: 'never-arrived' });
  await approved();
  expect((await host.start('key-1')).state).toBe('accepted');
  expect(vendor.startsReceived).toHaveLength(1);
  const other = await setUpHost();
  other.vendor.failNextStart({ kind: 'never-arrived' }, { kind: 'never-arrived' }, { kind: 'never-arrived' });
  await other.approved();
  expect((await other.host.start('key-1')).state).toBe('unknown');
  expect(other.vendor.startsReceived).toHaveLength(0);
});

test('what nobody can tell stays unknown, is never sent again, and needs two people', async () => {
  const { host, vendor, approved } = await setUpHost();
  vendor.blind = true;
  vendor.failNextStart({ kind: 'accept-and-lose-reply' });
  await approved();
  expect((await host.start('key-1')).state).toBe('unknown');
  expect((await host.start('key-1')).state).toBe('unknown');
  expect(vendor.startsReceived).toHaveLength(1);
  expect((await host.resolve('key-1', 'succeeded', 'ada@example.com', 'seen on the desk')).state).toBe('unknown');
  expect((await host.resolve('key-1', 'succeeded', ' ADA@example.com', 'seen again')).state).toBe('unknown');
  expect((await host.resolve('key-1', 'failed', 'ben@example.com', 'did not look right')).state).toBe('unknown');
  expect((await host.resolve('key-1', 'succeeded', 'ben@example.com', 'looked again')).state).toBe('succeeded');
  await expect(host.resolve('key-1', 'failed', 'ada@example.com', 'too late')).rejects.toMatchObject({ code: 'conflict' });
});

test('a refusal of the vendor ends the operation and is told', async () => {
  const { host, vendor, approved } = await setUpHost();
  vendor.failNextStart({ kind: 'throw', error: new RecoveryError('permission-denied', 'scope devices.wipe is missing') });
  await approved();
  await expect(host.start('key-1')).rejects.toMatchObject({ code: 'permission-denied' });
  expect(await host.operations.get('key-1')).toMatchObject({ state: 'failed', reason: expect.stringContaining('devices.wipe') as string });
});

test('a foreign error after sending leaves the outcome unknown until reconciled', async () => {
  const { host, vendor, approved } = await setUpHost();
  vendor.failNextStart({ kind: 'throw', error: new TypeError('fetch failed') });
  await approved();
  // Nothing arrived, so the reconcile says absent and the one resend goes through.
  expect((await host.start('key-1')).state).toBe('accepted');
});

test('a vendor gate parks the operation; once it is open, the same request goes again', async () => {
  const { host, clock, vendor, approved } = await setUpHost();
  vendor.failNextStart({ kind: 'park-for-approval' });
  await approved();
  expect((await host.start('key-1')).state).toBe('awaiting-vendor-approval');
  expect((await host.start('key-1')).state).toBe('awaiting-vendor-approval');
  expect(vendor.startsReceived).toHaveLength(1);
  vendor.approve('key-1');
  expect((await host.start('key-1')).state).toBe('accepted');
  expect(vendor.startsReceived).toHaveLength(2);
  expect(vendor.startsReceived[1]).toEqual(vendor.startsReceived[0]);
  await clock.runUntilSettled(statesOf(host.watch('key-1')));
  expect(vendor.effectsOf('key-1')).toBe(1);
});

test('a precheck that got worse voids the approval: plan-stale, and nothing is sent', async () => {
  const { host, vendor, approved } = await setUpHost();
  await approved();
  vendor.restorePoints[0] = { ...restorePoint, state: 'damaged' };
  await expect(host.start('key-1')).rejects.toMatchObject({ code: 'plan-stale', message: expect.stringContaining('restore-point-intact was met and is unmet') as string });
  expect(await host.operations.get('key-1')).toMatchObject({ state: 'cancelled' });
  await expect(host.start('key-1')).rejects.toMatchObject({ code: 'cancelled' });
  expect(vendor.startsReceived).toHaveLength(0);
});

test('a changed secret voids the approval, and its value is nowhere in the plan', async () => {
  const knownSecrets = { 'wifi-key': { value: 'first value', renewals: [] } as { value: string; renewals: string[] } };
  const setup = await setUpHost({ knownSecrets, config: { secrets: ['wifi-key'] }, approvalPolicy: () => 1 });
  const intent = { capability: 'winre.network.configure', tenantId: 'tenant-1', device: restoreIntent.device, profile: { kind: 'wifi-wpa2-psk', ssid: 'office', key: { secret: 'wifi-key' } } };
  await setup.approved('key-1', intent);
  knownSecrets['wifi-key'].value = 'second value';
  await expect(setup.host.start('key-1')).rejects.toMatchObject({ code: 'plan-stale', message: expect.stringContaining('secretDigests') as string });
  expect(setup.vendor.startsReceived).toHaveLength(0);
});

test('a device enrolled anew never receives old work', async () => {
  const { host, vendor, approved } = await setUpHost();
  await approved();
  const known = vendor.devices.get('device-1');
  if (known) vendor.devices.set('device-1', { ...known, enrolmentEpoch: 'epoch-2' });
  await expect(host.plan('fake-plugin', restoreIntent)).rejects.toMatchObject({ code: 'enrolment-changed' });
  await expect(host.start('key-1')).rejects.toMatchObject({ code: 'enrolment-changed' });
  expect((await host.operations.get('key-1')).state).toBe('cancelled');
  expect(vendor.startsReceived).toHaveLength(0);
});

test('one operation at a time holds a device', async () => {
  const { host, clock, vendor, approved } = await setUpHost();
  await approved('key-1', enterIntent);
  await approved('key-2');
  await host.start('key-1');
  await expect(host.start('key-2')).rejects.toMatchObject({ code: 'conflict' });
  await clock.runUntilSettled(statesOf(host.watch('key-1')));
  expect((await host.start('key-2')).state).toBe('accepted');
  expect(vendor.startsReceived).toHaveLength(2);
});

test('starting twice at the same moment sends once', async () => {
  const { host, vendor, approved } = await setUpHost();
  await approved();
  const both = await Promise.all([host.start('key-1'), host.start('key-1')]);
  expect(both.map(({ state }) => state)).toEqual(['accepted', 'accepted']);
  expect(vendor.startsReceived).toHaveLength(1);
});

test.each(['journal', 'audit'] as const)('nothing is sent when the %s cannot be written', async (which) => {
  let broken = false;
  const refuse = (): void => {
    if (broken) throw new RecoveryError('unavailable', 'disk full');
  };
  const memory = createMemoryJournal();
  const journal: Journal = { ...memory, append: async (entry) => (which === 'journal' ? refuse() : undefined, memory.append(entry)) };
  const store = createMemoryAuditStore();
  const clock = createManualClock();
  const audit = await createAuditLog({ store: { ...store, append: async (record) => (which === 'audit' ? refuse() : undefined, store.append(record)) }, clock });
  const { host, vendor, approved } = await setUpHost({ journal, audit, clock });
  await approved();
  broken = true;
  await expect(host.start('key-1')).rejects.toMatchObject({ code: 'unavailable' });
  expect(vendor.startsReceived).toHaveLength(0);
  broken = false;
  expect((await host.start('key-1')).state).toBe('accepted');
});

test('abort abandons the wait only, and the outcome stays unknown until asked', async () => {
  const { host, clock, vendor, approved } = await setUpHost();
  vendor.failNextStart({ kind: 'slow', delayMs: 60_000 });
  await approved();
  const waiting = new AbortController();
  const starting = host.start('key-1', { signal: waiting.signal });
  await clock.whenSleeping();
  waiting.abort(new Error('went home'));
  await expect(starting).rejects.toThrow('went home');
  expect((await host.operations.get('key-1')).state).toBe('unknown');
  expect((await host.start('key-1')).state).not.toBe('unknown');
  expect(vendor.startsReceived).toHaveLength(1);
});

test('a deadline makes the outcome unknown without a second send', async () => {
  const { host, clock, vendor, approved } = await setUpHost();
  vendor.failNextStart({ kind: 'slow', delayMs: 60_000 });
  await approved();
  const starting = host.start('key-1', { deadlineMs: clock.now() + 5_000 });
  // Signatures are checked on other threads: time must not pass before the vendor has the request.
  while (vendor.startsReceived.length === 0) await new Promise((resolve) => void setImmediate(resolve));
  await clock.advance(5_000);
  expect((await starting).state).toBe('unknown');
  expect(vendor.startsReceived).toHaveLength(1);
});

test('destructive success without evidence newer than the dispatch stays verifying', async () => {
  // With no time passing, the evidence is not newer than the dispatch.
  const { host, clock, vendor, approved } = await setUpHost({ stepMs: 0 });
  await approved();
  await host.start('key-1');
  expect(await host.reconcile('key-1')).toMatchObject({ state: 'verifying', report: { state: 'succeeded' } });
  await clock.advance(1);
  expect(await clock.runUntilSettled(statesOf(host.watch('key-1')))).toEqual(['verifying', 'succeeded']);
  expect(vendor.effectsOf('key-1')).toBe(1);
});

test('the device ran it and it failed: a state, not an error', async () => {
  const { host, clock, vendor, approved } = await setUpHost();
  vendor.failNextStart({ kind: 'fail', exitCode: 42 });
  await approved();
  await host.start('key-1');
  expect((await clock.runUntilSettled(statesOf(host.watch('key-1')))).at(-1)).toBe('failed');
  expect((await host.operations.get('key-1')).report?.exitCode).toBe(42);
});

test('cancel: at once before sending, by the vendor afterwards', async () => {
  const { host, clock, vendor, approved, submitted } = await setUpHost();
  await submitted('key-1');
  expect(await host.cancel('key-1', 'olivia@example.com', 'not needed')).toBe('accepted');
  await expect(host.start('key-1')).rejects.toMatchObject({ code: 'cancelled' });
  vendor.offlineDevices.add('device-1');
  await approved('key-2');
  await host.start('key-2');
  expect(await host.cancel('key-2', 'olivia@example.com', 'not needed')).toBe('accepted');
  expect((await host.operations.get('key-2')).state).toBe('cancelled');
  vendor.offlineDevices.clear();
  await approved('key-3');
  await host.start('key-3');
  await clock.advance(2_500);
  expect(await host.cancel('key-3', 'olivia@example.com', 'too late')).toBe('too-late');
});

test('time to approve, to execute and to deliver: each ends the operation before it is sent', async () => {
  const { host, clock, approved, submitted, submitRequest, vendor } = await setUpHost();
  await submitted('key-1');
  expect((await clock.runUntilSettled(statesOf(host.watch('key-1')))).at(-1)).toBe('expired');
  await approved('key-2');
  await clock.advance(7_200_000);
  await expect(host.start('key-2')).rejects.toMatchObject({ code: 'approval-expired' });
  const plan = await host.plan('fake-plugin', enterIntent);
  await host.submit(plan, submitRequest('key-3', { ttlMs: 1_000 }));
  await clock.advance(1_000);
  await expect(host.start('key-3')).rejects.toMatchObject({ code: 'approval-expired' });
  expect((await host.operations.get('key-3')).state).toBe('expired');
  expect(vendor.startsReceived).toHaveLength(0);
});

test('a new host over the same journal goes on where the old one stopped', async () => {
  const first = await setUpHost();
  first.vendor.failNextStart({ kind: 'never-arrived' }, { kind: 'never-arrived' });
  await first.approved();
  expect((await first.host.start('key-1')).state).toBe('unknown');
  await first.host[Symbol.asyncDispose]();
  const second = await setUpHost({ clock: first.clock, plugin: first.plugin, journal: first.journal, audit: first.audit });
  expect(await second.host.recover()).toEqual([{ operationKey: 'key-1', before: 'unknown', after: 'accepted', reason: expect.any(String) as string }]);
  expect(await second.host.recover()).toEqual([]);
  await second.clock.runUntilSettled(statesOf(second.host.watch('key-1')));
  expect(first.vendor.effectsOf('key-1')).toBe(1);
});

test('closing a plug-in changes no operation, and closing the host ends every watch', async () => {
  const { host, clock, vendor, approved } = await setUpHost();
  vendor.offlineDevices.add('device-1');
  await approved();
  await host.start('key-1');
  const watching = host.watch('key-1')[Symbol.asyncIterator]();
  expect((await watching.next()).value).toMatchObject({ state: 'accepted' });
  const next = watching.next();
  next.catch(() => {});
  await host.plugin('fake-plugin')[Symbol.asyncDispose]();
  await clock.advance(60_000);
  expect((await host.operations.get('key-1')).state).toBe('accepted');
  await host[Symbol.asyncDispose]();
  await expect(next).rejects.toMatchObject({ code: 'cancelled' });
  await clock.advance(0);
  expect(clock.sleepers).toEqual([]);
});

test('a vendor that forgot the operation makes it unknown, not lost', async () => {
  const { host, clock, approved } = await setUpHost();
  await approved();
  await host.start('key-1');
  // The same host again, over a vendor that starts from nothing.
  const forgetful = createFakePlugin({ clock });
  await host.plugin('fake-plugin')[Symbol.asyncDispose]();
  await host.openPlugin(forgetful.definition, {});
  const watching = host.watch('key-1')[Symbol.asyncIterator]();
  await watching.next();
  expect((await clock.runUntilSettled(watching.next())).value).toMatchObject({ state: 'unknown', reason: expect.stringContaining('not-found') as string });
  await watching.return?.();
});

test('unmet prechecks are shown in the plan and refused at submission', async () => {
  const { host, vendor, submitRequest } = await setUpHost();
  vendor.restorePoints[0] = { ...restorePoint, state: 'damaged' };
  const plan = await host.plan('fake-plugin', restoreIntent);
  await expect(host.submit(plan, submitRequest('key-1'))).rejects.toMatchObject({ code: 'failed-precondition', message: expect.stringContaining('restore-point-intact is unmet') as string });
});

test('an altered plan is refused', async () => {
  const { host, submitRequest } = await setUpHost();
  const plan = await host.plan('fake-plugin', restoreIntent);
  const swapped = { ...plan, binding: { ...plan.binding, intent: { ...restoreIntent, restorePointId: 'another' } } };
  await expect(host.submit(swapped, submitRequest('key-1'))).rejects.toMatchObject({ code: 'plan-stale' });
  await expect(host.submit({ ...plan, loss: { files: 0, bytes: 0, entries: [], truncated: false, digest: 'f'.repeat(64) } }, submitRequest('key-1'))).rejects.toMatchObject({ code: 'plan-stale' });
  // Lowering the numbers does not lower the gate.
  expect((await host.submit({ ...plan, approvalsNeeded: 0, effect: 'write' }, submitRequest('key-1'))).state).toBe('awaiting-approval');
});
