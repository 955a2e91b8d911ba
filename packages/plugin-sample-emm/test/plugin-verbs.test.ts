import { signPackage, signScript, instantAt, toBase64, utf8, type OperationReportInput, type OperationVerb, type OperationCapability, type IntentOf, type PluginInstance } from '@winre-kit/sdk';
import type { FakeWinreDevice, MockHost } from '@winre-kit/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bindingOf, call, collect, handleOf, startRequestOf, startWorld, tenantId, type EmmWorld, type Person } from './emm-world.ts';

const offering = { id: 'win11-25h2-en', release: 'Windows 11 25H2', language: 'en-US', edition: 'Enterprise', mediaSource: { kind: 'repository' as const, location: 'golden' } };
let world: EmmWorld;
let device: FakeWinreDevice;
let plugin: PluginInstance;
let host: MockHost;

beforeAll(async () => {
  world = await startWorld();
  await world.admin('PUT', '/rebuild-offerings', { offerings: [offering] });
  device = await world.addDevice('hardware-verbs');
  await device.hello();
  world.keepRunning(device);
  ({ plugin, host } = await world.openPlugin({ secrets: { 'site-wifi': 'correct horse battery' } }));
});
afterAll(() => world[Symbol.asyncDispose]());

const target = (): { tenantId: string; device: { id: string; enrolmentEpoch: string } } => ({ tenantId, device: bindingOf(device) });

/** Plans, starts and watches to the end, as a host does. */
async function runVerb<Capability extends OperationCapability>(verb: OperationVerb<Capability>, intent: IntentOf<Capability>, operationKey: string, approvers: readonly Person[] = []): Promise<{ unmet: string[]; reports: OperationReportInput[] }> {
  const plan = await verb.doPlan(intent, call);
  const unmet = plan.prechecks.filter(({ state }) => state !== 'met').map(({ id, state }) => `${id} ${state}`);
  const request = await startRequestOf(intent, plan, operationKey, approvers);
  const started = await verb.doStart(request, call);
  expect(started.vendorRef).not.toBe('');
  const reports = await collect(plugin.operations.doWatch(await handleOf(request, started.vendorRef), call));
  return { unmet, reports };
}

const required = <Value>(value: Value | undefined): Value => {
  if (value === undefined) throw new TypeError('the plug-in lacks a facet');
  return value;
};

test('probe says ready, and the device says what it can do', async () => {
  expect(await plugin.probe(call)).toMatchObject({ state: 'ready' });
  const { abilities, unavailable } = await plugin.capabilitiesFor(bindingOf(device), call);
  expect([abilities?.interpreters, Object.keys(unavailable)]).toEqual([['cmd', 'sh'], ['winre.session.enter']]);
});

test('devices are listed, read and found by serial number and id', async () => {
  const { id } = bindingOf(device);
  expect((await collect(required(plugin.devices).doList({}, call))).map((listed) => listed.id)).toContain(id);
  expect(await required(plugin.devices).doGet(id, call)).toMatchObject({ id, hardwareId: 'hardware-verbs', enrolmentEpoch: bindingOf(device).enrolmentEpoch });
  expect((await required(plugin.devices).doResolve({ serialNumber: 'SN-hardware-verbs' }, call))?.id).toBe(id);
  expect((await required(plugin.devices).doResolve({ vendorId: id }, call))?.id).toBe(id);
  expect(await required(plugin.devices).doResolve({ serialNumber: 'nobody' }, call)).toBeUndefined();
});

test('sessions are listed, read and watched', async () => {
  const sessions = required(plugin.sessions);
  const [session] = await collect(sessions.doList(call));
  expect(session).toMatchObject({ sessionId: device.sessionId, device: bindingOf(device), bootReason: 'boot-failure' });
  expect((await sessions.doGet(device.sessionId ?? '', call)).sessionId).toBe(device.sessionId);
  const stop = new AbortController();
  const seen: string[] = [];
  await expect(async () => {
    for await (const event of sessions.doWatch({ deviceId: bindingOf(device).id }, { ...call, signal: stop.signal })) {
      seen.push(event.type);
      if (event.type === 'session.detected') stop.abort(new DOMException('enough', 'AbortError'));
    }
  }).rejects.toThrow('enough');
  expect(seen).toContain('session.detected');
});

test('a signed script is planned, started and seen to its end', async () => {
  const script = await signScript({ content: 'exit 0', manifest: { name: 'probe', interpreter: 'sh', successExitCodes: [0], timeoutMs: 1_000, maxOutputBytes: 1_000 } }, { tenantId, issuedAt: instantAt(Date.now() - 1_000), expiresAt: instantAt(Date.now() + 60_000) }, world.scriptSigner.signer);
  const { unmet, reports } = await runVerb(required(plugin.scripts), { capability: 'winre.script.push', ...target(), script }, 'script-1');
  expect([unmet, reports.at(-1)?.state]).toEqual([[], 'succeeded']);
  expect(device.effectsOf('script-1')).toBe(1);
});

test('a signed package is planned and started', async () => {
  const entryPoint = { path: 'run.sh', interpreter: 'sh' as const, successExitCodes: [0], timeoutMs: 1_000, maxOutputBytes: 1_000 };
  const signed = await signPackage({ manifest: { name: 'fix', version: '1', kind: 'drivers', entryPoint }, contents: [{ path: 'run.sh', base64: toBase64(utf8('exit 0')) }] }, { tenantId, issuedAt: instantAt(Date.now() - 1_000), expiresAt: instantAt(Date.now() + 60_000) }, world.scriptSigner.signer);
  const intent = { capability: 'winre.package.push' as const, ...target(), package: signed };
  expect((await required(plugin.packages).doPlan(intent, call)).notices).toMatchObject([{ code: 'staged-rollout-only' }]);
  const { unmet, reports } = await runVerb(required(plugin.packages), intent, 'package-1');
  expect([unmet, reports.at(-1)?.state]).toEqual([[], 'succeeded']);
});

test('a network with a key is planned without it and started with it, sealed for the device', async () => {
  expect(await required(plugin.network).doCurrent(bindingOf(device), call)).toMatchObject({ connected: true, interfaceName: 'Ethernet' });
  const intent = { capability: 'winre.network.configure' as const, ...target(), profile: { kind: 'wifi-wpa2-psk' as const, ssid: 'site', key: { secret: 'site-wifi' }, hidden: false }, confirmDisconnect: true, rollBackAfterMs: 60_000 };
  const { unmet, reports } = await runVerb(required(plugin.network), intent, 'network-1');
  expect([unmet, reports.at(-1)?.state]).toEqual([[], 'succeeded']);
  const command = device.received.find((received) => received.kind === 'operation' && received.operationKey === 'network-1');
  if (command?.kind !== 'operation') throw new TypeError('the command did not arrive');
  expect((await device.openSecret(command, 'site-wifi')).reveal()).toBe('correct horse battery');
  expect(host.secrets.openLeases).toBeLessThanOrEqual(1);
});

test('a network change that may cut the session is not planned as met without the word for it', async () => {
  const intent = { capability: 'winre.network.configure' as const, ...target(), profile: { kind: 'ethernet-eap-tls' as const, interfaceName: 'Ethernet', clientCertificate: { storeName: 'My', thumbprintSha1: 'a'.repeat(40) }, serverNames: ['radius.example'] }, confirmDisconnect: false, rollBackAfterMs: 60_000 };
  const plan = await required(plugin.network).doPlan(intent, call);
  expect(Object.fromEntries(plan.prechecks.map(({ id, state }) => [id, state]))).toEqual({ 'session-live': 'met', 'network-kind-supported': 'unmet', 'disconnect-confirmed': 'unmet' });
});

test('policies are read and replaced, each by itself', async () => {
  const restorePolicy = { enabled: true, cadenceHours: 4 as const, retentionHours: 24 as const, maxDiskBytes: 10_000_000 };
  const remediationPolicy = { cloudRemediation: true, autoRemediation: false, retryIntervalMinutes: 0, timeToRebootMinutes: 60 };
  const restore = required(plugin.restore?.policy);
  const remediation = required(plugin.remediation?.policy);
  expect(await restore.doGet(bindingOf(device), call)).toBeUndefined();
  const [set] = await Promise.all([restore.doSet(bindingOf(device), restorePolicy, call), remediation.doSet(bindingOf(device), remediationPolicy, call)]);
  expect(set.notices).toMatchObject([{ code: 'device-follows-later' }]);
  expect([await restore.doGet(bindingOf(device), call), await remediation.doGet(bindingOf(device), call)]).toEqual([restorePolicy, remediationPolicy]);
});

test('a restore shows what it takes away, and needs an approval', async () => {
  const restore = required(plugin.restore);
  const points = await collect(restore.doListPoints?.(bindingOf(device), call) ?? []);
  expect(points).toMatchObject([{ state: 'intact' }]);
  const verb = restore as OperationVerb<'winre.restore.trigger'>;
  const intent = { capability: 'winre.restore.trigger' as const, ...target(), restorePointId: points[0]?.id ?? '', safetySnapshot: true };
  const plan = await verb.doPlan(intent, call);
  expect([plan.loss?.files, plan.secretsInvalidated?.length]).toEqual([1, 3]);
  await expect(verb.doStart(await startRequestOf(intent, plan, 'restore-0'), call)).rejects.toMatchObject({ code: 'approval-required' });
  expect(device.effectsOf('restore-0')).toBe(0);
  const { unmet, reports } = await runVerb(verb, intent, 'restore-1', [world.approver]);
  expect([unmet, reports.at(-1)?.state, reports.at(-1)?.evidence?.source]).toEqual([[], 'succeeded', 'agent']);
});

test('a rebuild binds its offering and refuses one that was changed since', async () => {
  const rebuild = required(plugin.rebuild);
  expect(await collect(rebuild.doListOfferings(bindingOf(device), call))).toEqual([offering]);
  const attestations = [{ precheck: 'backup-recent', statement: 'copied last night', by: 'operator', at: instantAt(Date.now() - 1_000) }];
  const intent = { capability: 'winre.rebuild.trigger' as const, ...target(), offeringId: offering.id, attestations };
  const plan = await rebuild.doPlan(intent, call);
  expect(plan.requests[0]?.body).toMatchObject({ offering });
  await world.admin('PUT', '/rebuild-offerings', { offerings: [{ ...offering, mediaSource: { kind: 'repository', location: 'elsewhere' } }] });
  await expect(rebuild.doStart(await startRequestOf(intent, plan, 'rebuild-0', [world.approver]), call)).rejects.toMatchObject({ code: 'plan-stale' });
  await world.admin('PUT', '/rebuild-offerings', { offerings: [offering] });
  const request = await startRequestOf(intent, plan, 'rebuild-1', [world.approver]);
  expect((await rebuild.doStart(request, call)).state).toBe('accepted');
  const unmet = plan.prechecks.filter(({ state }) => state !== 'met').map(({ id }) => id);
  expect(unmet).toEqual([]);
  await expect(rebuild.doPlan({ ...intent, offeringId: 'nothing' }, call)).rejects.toMatchObject({ code: 'not-found', fieldPath: 'offeringId' });
});

test('remediation, session exit and key rotation run; the outcome is read', async () => {
  expect(await plugin.remediation?.doOutcome?.(bindingOf(device), call)).toMatchObject({ state: 'not-run' });
  const test1 = await runVerb(required(plugin.remediation?.test), { capability: 'winre.remediation.test', ...target() }, 'qmr-1');
  const rotate = await runVerb(required(plugin.recoveryKeys?.rotate), { capability: 'winre.keys.escrow', ...target(), action: 'rotate' }, 'rotate-1');
  const enter = await runVerb(required(plugin.sessions?.enter), { capability: 'winre.session.enter', ...target() }, 'enter-1');
  const exit = await runVerb(required(plugin.sessions?.exit), { capability: 'winre.session.exit', ...target(), sessionId: device.sessionId ?? '' }, 'exit-1');
  expect([test1, rotate, enter, exit].map(({ unmet, reports }) => [unmet, reports.at(-1)?.state])).toEqual(Array.from({ length: 4 }, () => [[], 'succeeded']));
});

test('operations are read, listed and cancelled too late', async () => {
  const intent = { capability: 'winre.session.enter' as const, ...target() };
  const verb = required(plugin.sessions?.enter);
  const request = await startRequestOf(intent, await verb.doPlan(intent, call), 'enter-2');
  const { vendorRef } = await verb.doStart(request, call);
  const handle = await handleOf(request, vendorRef);
  await collect(plugin.operations.doWatch(handle, call));
  expect((await plugin.operations.doGet(handle, call)).state).toBe('succeeded');
  expect((await collect(plugin.operations.doList({ deviceId: bindingOf(device).id }, call))).map((report) => report.vendorRef)).toContain(vendorRef);
  expect(await plugin.operations.doCancel(handle, call)).toBe('too-late');
  expect(await plugin.operations.doReconcile(handle, call)).toMatchObject({ finding: 'found', report: { state: 'succeeded' } });
});

test('an operation for a device that is away is cancelled before delivery', async () => {
  const away = await world.addDevice('hardware-away');
  const intent = { capability: 'winre.session.enter' as const, tenantId, device: bindingOf(away) };
  const verb = required(plugin.sessions?.enter);
  const request = await startRequestOf(intent, { prechecks: [], blastRadius: { devices: 1, description: 'x' }, requests: [{ method: 'POST', url: 'https://emm.example' }] }, 'enter-away');
  await verb.doStart(request, call);
  const handle = await handleOf(request);
  expect(await plugin.operations.doCancel(handle, call)).toBe('accepted');
  expect((await plugin.operations.doGet(handle, call)).state).toBe('cancelled');
});

test('closing ends streams and refuses further calls with cancelled', async () => {
  const { plugin: closing } = await world.openPlugin();
  const watching = collect(required(closing.sessions).doWatch({}, call));
  await closing.drain(Date.now() + 1_000);
  await expect(watching).rejects.toMatchObject({ code: 'cancelled' });
  await closing[Symbol.asyncDispose]();
  await closing[Symbol.asyncDispose]();
  await expect(closing.probe(call)).rejects.toMatchObject({ code: 'cancelled' });
});
