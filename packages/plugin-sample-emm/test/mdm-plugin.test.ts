import type { DeviceBinding, IntentOf, OperationReport, OperationReportInput, PluginInstance, RemediationPolicy, RestorePolicy } from '@winre-kit/sdk';
import { createCanarySecrets } from '@winre-kit/testkit';
import type { MdmClient } from '@winre-kit/testkit/mdm-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, collect, handleOf, startRequestOf, startWorld, tenantId, type EmmWorld } from './emm-world.ts';
import { deviceIdOf, enrolMdmClient, mdmOf, type MdmServer } from './mdm-device.ts';

let world: EmmWorld;
let server: MdmServer;
let plugin: PluginInstance;
const canaries = createCanarySecrets('mdm-plugin');
const restorePolicy: RestorePolicy = { enabled: true, cadenceHours: 6, retentionHours: 24, maxDiskBytes: 4_096 * 1_048_576 };
const remediationPolicy: RemediationPolicy = { cloudRemediation: true, autoRemediation: true, retryIntervalMinutes: 20, timeToRebootMinutes: 120 };

beforeAll(async () => {
  world = await startWorld();
  server = { url: world.emm.url, caCertificatePem: world.emm.caCertificatePem, admin: world.admin };
  ({ plugin } = await world.openPlugin({ secrets: { 'site-wifi': canaries.secret('wifi', 'passphrase') } }));
});
afterAll(() => world[Symbol.asyncDispose]());

const required = <Value>(value: Value | undefined): Value => {
  if (value === undefined) throw new TypeError('the plug-in lacks a facet');
  return value;
};
async function bindingOf(hardwareId: string): Promise<DeviceBinding> {
  const device = await required(plugin.devices).doGet(await deviceIdOf(world.admin, hardwareId), call);
  return { id: device.id, enrolmentEpoch: device.enrolmentEpoch };
}

test('a host sets the policies and reads back what the device has, also after somebody changed it there', async () => {
  const client = await enrolMdmClient(server, { hardwareId: 'policies' });
  const binding = await bindingOf('policies');
  const [restore, remediation] = [required(plugin.restore?.policy), required(plugin.remediation?.policy)];
  expect((await restore.doSet(binding, restorePolicy, call)).notices).toEqual([expect.objectContaining({ code: 'device-follows-later', message: expect.stringContaining('MDM') })]);
  await remediation.doSet(binding, remediationPolicy, call);
  await client.sync();
  expect(await restore.doGet(binding, call)).toEqual(restorePolicy);
  expect(await remediation.doGet(binding, call)).toEqual(remediationPolicy);

  // Stored is not had: until the next session the device has what it had.
  await restore.doSet(binding, { ...restorePolicy, retentionHours: 72 }, call);
  expect(await restore.doGet(binding, call)).toEqual(restorePolicy);
  client.changeLocally('./Vendor/MSFT/Recovery/QuickMachineRecovery/AutoRemediationSettings/SetTimeToReboot', '500');
  client.inject({ kind: 'permission-denied', uri: './Vendor/MSFT/Recovery/QuickMachineRecovery' , verbs: ['Add', 'Replace'] });
  await client.sync();
  expect(await restore.doGet(binding, call)).toEqual({ ...restorePolicy, retentionHours: 72 });
  expect(await remediation.doGet(binding, call)).toEqual({ ...remediationPolicy, timeToRebootMinutes: 500 });
});

test('whoever sets what an older build has no words for is told at once', async () => {
  const client = await enrolMdmClient(server, { hardwareId: 'older', build: '10.0.26100.4700' });
  await client.sync();
  const { notices } = await required(plugin.restore?.policy).doSet(await bindingOf('older'), restorePolicy, call);
  expect(notices).toContainEqual(expect.objectContaining({ code: 'not-expressed', severity: 'warning', message: expect.stringContaining('restore') }));
});

test('the plan of a test run says when the device has remediation switched off', async () => {
  const agent = await world.addDevice('off');
  await agent.hello();
  world.keepRunning(agent);
  const client = await enrolMdmClient(server, { hardwareId: 'off' });
  const binding = await bindingOf('off');
  await required(plugin.remediation?.policy).doSet(binding, { ...remediationPolicy, cloudRemediation: false, autoRemediation: false }, call);
  await client.sync();
  const plan = await required(plugin.remediation?.test).doPlan({ capability: 'winre.remediation.test', tenantId, device: binding }, call);
  expect(plan.notices).toContainEqual(expect.objectContaining({ code: 'remediation-off' }));
});

test('no test run comes by MDM: a device without an agent has none, and one with an agent has it from there', async () => {
  await enrolMdmClient(server, { hardwareId: 'no-agent' });
  const binding = await bindingOf('no-agent');
  const { unavailable } = await plugin.capabilitiesFor(binding, call);
  expect(unavailable['winre.remediation.test']).toMatch(/no MDM node.*reagentc \/SetRecoveryTestmode.*no agent is enrolled/s);
  const plan = await required(plugin.remediation?.test).doPlan({ capability: 'winre.remediation.test', tenantId, device: binding }, call);
  expect(plan.notices).toEqual([expect.objectContaining({ code: 'no-agent', severity: 'warning' })]);

  const agent = await world.addDevice('with-agent');
  await enrolMdmClient(server, { hardwareId: 'with-agent' });
  expect((await plugin.capabilitiesFor(await bindingOf('with-agent'), call)).unavailable).not.toHaveProperty('winre.remediation.test');
  expect(agent.enrolment?.deviceId).toBe((await bindingOf('with-agent')).id);
});

/** Starts a network for a device that is not in WinRE. */
async function startNetwork(hardwareId: string, ssid: string): Promise<{ readonly started: OperationReportInput; readonly watched: Promise<OperationReportInput[]>; readonly unmet: readonly string[] }> {
  const intent: IntentOf<'winre.network.configure'> = { capability: 'winre.network.configure', tenantId, device: await bindingOf(hardwareId), profile: { kind: 'wifi-wpa2-psk', ssid, key: { secret: 'site-wifi' }, hidden: false }, confirmDisconnect: false, rollBackAfterMs: 60_000 };
  const plan = await required(plugin.network).doPlan(intent, call);
  const request = await startRequestOf(intent, plan, `${hardwareId}-${ssid}`);
  const started = await required(plugin.network).doStart(request, call);
  const watched = collect(plugin.operations.doWatch(await handleOf(request, started.vendorRef), call));
  return { started, watched, unmet: plan.prechecks.filter(({ state }) => state !== 'met').map(({ id }) => id) };
}
const lastOf = (reports: readonly OperationReportInput[]): OperationReport => reports.at(-1) as OperationReport;

test('a network for a device that is not in WinRE comes by MDM, and is there when the device says so', async () => {
  const client: MdmClient = await enrolMdmClient(server, { hardwareId: 'network', isInsider: true });
  expect((await plugin.capabilitiesFor(await bindingOf('network'), call)).unavailable).not.toHaveProperty('winre.network.configure');
  const { started, watched, unmet } = await startNetwork('network', 'depot');
  expect([started.state, unmet]).toEqual(['accepted', []]);
  await client.sync();
  expect(lastOf(await watched)).toMatchObject({ state: 'succeeded', evidence: { kind: 'mdm-readback', detail: { ssid: 'depot' } } });
  expect(client.node('./Vendor/MSFT/Recovery/NetworkSettings/Wifi/depot/WlanXML')).toContain('<authentication>WPA2PSK</authentication>');
  // The next one does not push the first one out.
  const second = await startNetwork('network', 'yard');
  await client.sync();
  expect(lastOf(await second.watched).state).toBe('succeeded');
  expect(Object.keys(client.nodes()).filter((uri) => uri.endsWith('/WlanXML'))).toHaveLength(2);
  expect(canaries.findLeaks([world.logs, (await world.admin('GET', '/audit?pageSize=500')).body])).toEqual([]);
});

test('a network that the device cannot have fails with the reason', async () => {
  const client = await enrolMdmClient(server, { hardwareId: 'no-wifi', build: '10.0.26100.8737' });
  const { watched } = await startNetwork('no-wifi', 'depot');
  await client.sync();
  expect(lastOf(await watched)).toMatchObject({ state: 'failed', message: expect.stringContaining('no Wi-Fi') });
  const older = await enrolMdmClient(server, { hardwareId: 'older-wifi', build: '10.0.26100.4700' });
  const other = await startNetwork('older-wifi', 'depot');
  await older.sync();
  expect(lastOf(await other.watched)).toMatchObject({ state: 'failed', message: expect.stringContaining('autoRemediation') });
});

test('a device that comes back with another key is another device: nothing that waited for the former one reaches it', async () => {
  const client = await enrolMdmClient(server, { hardwareId: 'again', isInsider: true });
  const before = await bindingOf('again');
  const { watched } = await startNetwork('again', 'depot');
  client.inject({ kind: 'drop-reply', message: 2, when: 'before-commands' });
  await client.sync();
  await world.admin('POST', `/devices/${before.id}/mdm/unenrol`, { key: 'leave-again' });
  const { body } = await world.admin('POST', '/enrolment-tokens', { hardwareId: 'again' });
  await client.enrol({ discoveryUrl: `${server.url}/EnrollmentServer/Discovery.svc`, userName: 'user@contoso.example', password: body.token });
  expect(lastOf(await watched)).toMatchObject({ state: 'failed', deviceCode: 'enrolment-changed' });
  const after = await bindingOf('again');
  expect([after.id === before.id, after.enrolmentEpoch === before.enrolmentEpoch]).toEqual([true, false]);
  expect(await mdmOf(world.admin, 'again')).not.toHaveProperty('lastSession');
  const report = await client.sync();
  expect([report.violations, report.transcript.some(({ text }) => text.includes('<Exec>') || text.includes('depot'))]).toEqual([[], false]);
  expect(await mdmOf(world.admin, 'again')).toMatchObject({ execs: [{ execKey: 'leave-again', state: 'withdrawn' }], lastSession: { outcome: 'converged' } });
});

test('what comes by MDM is none of the agent’s business, and what the agent can bring is none of MDM’s', async () => {
  const agent = await world.addDevice('both');
  const client = await enrolMdmClient(server, { hardwareId: 'both', isInsider: true });
  const byMdm = await startNetwork('both', 'depot');
  client.inject({ kind: 'drop-reply', message: 2, when: 'before-commands' });
  await client.sync();
  const byAgent = await startNetwork('both', 'yard');
  // The device goes into WinRE before its next MDM session. That its ledger does not hold the first one says nothing about the MDM client.
  await agent.hello();
  const { items } = (await world.admin('GET', '/operations?pageSize=500')).body as unknown as { readonly items: readonly { readonly vendorRef: string; readonly state: string }[] };
  expect(items.find(({ vendorRef }) => vendorRef === byMdm.started.vendorRef)).toMatchObject({ state: 'delivered' });
  await client.sync();
  expect(lastOf(await byMdm.watched).state).toBe('succeeded');
  expect(Object.keys(client.nodes()).filter((uri) => uri.endsWith('/WlanXML'))).toHaveLength(1);
  world.keepRunning(agent);
  expect(lastOf(await byAgent.watched).state).toBe('succeeded');
  expect([agent.effectsOf('both-depot'), agent.effectsOf('both-yard')]).toEqual([0, 1]);
});
