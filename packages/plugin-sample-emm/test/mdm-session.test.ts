import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCanarySecrets } from '@winre-kit/testkit';
import type { MdmClient, MdmSessionReport } from '@winre-kit/testkit/mdm-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type EmmWorld } from './emm-world.ts';
import { deviceIdOf, enrolMdmClient, mdmOf, type MdmServer, type MdmView } from './mdm-device.ts';

let world: EmmWorld;
let server: MdmServer;
const canaries = createCanarySecrets('mdm');
const key = canaries.secret('wifi', 'passphrase');
beforeAll(async () => {
  world = await startWorld();
  server = { ...world, url: world.emm.url, caCertificatePem: world.emm.caCertificatePem };
});
afterAll(() => world[Symbol.asyncDispose]());

const remediation = { cloudRemediation: true, autoRemediation: true, retryIntervalMinutes: 30, timeToRebootMinutes: 180 };
const restore = { enabled: true, cadenceHours: 12, retentionHours: 72, maxDiskBytes: 10_240 * 1_048_576 };
const network = { profile: { kind: 'wifi-wpa2-psk', ssid: 'Depot & Söhne', key: { secret: 'site-wifi' }, hidden: false }, key };

async function settle(name: string, hardwareIds: readonly string[], settings: object): Promise<void> {
  expect(await world.admin('PUT', `/groups/${name}/settings`, settings)).toMatchObject({ status: 200 });
  expect(await world.admin('PUT', `/groups/${name}`, { deviceIds: await Promise.all(hardwareIds.map((hardwareId) => deviceIdOf(world.admin, hardwareId))) })).toMatchObject({ status: 200 });
}
const see = (hardwareId: string): Promise<MdmView> => mdmOf(world.admin, hardwareId);

async function sync(client: MdmClient): Promise<MdmSessionReport> {
  const report = await client.sync();
  expect(report.violations).toEqual([]);
  return report;
}
/** The keys in the WLAN profiles that the device has. */
function keysIn(client: MdmClient): readonly string[] {
  const profiles = Object.entries(client.nodes()).filter(([uri]) => uri.endsWith('/WlanXML')).map(([, { value }]) => value);
  const signs: Readonly<Record<string, string>> = { '&quot;': '"', '&apos;': "'", '&lt;': '<', '&gt;': '>', '&amp;': '&' };
  return profiles.map((profile) => (/<keyMaterial>([^<]*)</.exec(profile)?.[1] ?? '').replaceAll(/&\w+;/g, (sign) => signs[sign] ?? sign));
}
/** The commands of the server's messages, without values. */
function sentIn(report: MdmSessionReport, name: string): number {
  return report.transcript.filter(({ from }) => from === 'server').reduce((total, { text }) => total + text.split(`<${name}>`).length - 1, 0);
}

test('a 2026 build gets the Recovery nodes: one Atomic a group, one verb a node, then a Get; and nothing more the next time', async () => {
  const client = await enrolMdmClient(server, { hardwareId: 'new', isInsider: true });
  await settle('new', ['new'], { remediation, restore, networks: [network] });
  const report = await sync(client);
  expect(report.ending).toBe('completed');
  expect(client.node('./Vendor/MSFT/Recovery/QuickMachineRecovery/AutoRemediationSettings/SetTimeToReboot')).toBe('180');
  expect(client.node('./Vendor/MSFT/Recovery/PointInTimeRestore/SetRestorePointFrequency')).toBe('720');
  expect(client.node('./Vendor/MSFT/Recovery/PointInTimeRestore/SetMaxDiskUsage')).toBe('10240');
  expect(keysIn(client)).toEqual([key]);
  expect(sentIn(report, 'Atomic')).toBe(2);
  expect(await see('new')).toMatchObject({ enrolled: true, group: 'new', dialect: 'recovery', osBuild: '10.0.26100.8737', drift: [], lastSession: { outcome: 'converged', refusals: [], retries: 0 } });

  const again = await sync(client);
  expect([sentIn(again, 'Atomic'), sentIn(again, 'Add'), sentIn(again, 'Replace')]).toEqual([0, 0, 0]);
  expect(await see('new')).toMatchObject({ lastSession: { outcome: 'converged' } });
});

test('a 2025 build gets what the RemoteRemediation nodes can say, and the rest is named', async () => {
  const client = await enrolMdmClient(server, { hardwareId: 'older', build: '10.0.26100.4700' });
  await settle('older', ['older'], { remediation, restore, networks: [network] });
  await sync(client);
  expect(client.node('./Vendor/MSFT/RemoteRemediation/CloudRemediationSettings/AutoRemediationSettings/SetRetryInterval')).toBe('30');
  expect(client.node('./Vendor/MSFT/RemoteRemediation/CloudRemediationSettings/NetworkSettings/NetworkCredentials/NetworkPassword')).toBe(key);
  const view = await see('older');
  expect(view).toMatchObject({ dialect: 'remote-remediation', drift: [], lastSession: { outcome: 'converged' } });
  expect(view.notExpressed).toContainEqual(expect.objectContaining({ setting: 'restore', kind: 'unsupported' }));
});

test.each([404, 405, 406] as const)('a device that says %i to everything of a dialect gets the other one, or none', async (absentNodeStatus) => {
  const hardwareId = `ancient-${absentNodeStatus}`;
  const client = await enrolMdmClient(server, { hardwareId, build: '10.0.22621.1000', absentNodeStatus });
  await settle(hardwareId, [hardwareId], { remediation });
  await sync(client);
  expect(await see(hardwareId)).toMatchObject({ dialect: 'none', notExpressed: [{ setting: 'remediation' }], lastSession: { outcome: 'unsupported' } });
  const older = await enrolMdmClient(server, { hardwareId: `${hardwareId}-older`, build: '10.0.26100.5000', absentNodeStatus });
  await settle(hardwareId, [hardwareId, `${hardwareId}-older`], { remediation });
  await sync(older);
  expect(await see(`${hardwareId}-older`)).toMatchObject({ dialect: 'remote-remediation', lastSession: { outcome: 'converged' } });
});

test('drift heals in the next session: a value, a network nobody wants, and one that is gone', async () => {
  const client = await enrolMdmClient(server, { hardwareId: 'drift', isInsider: true });
  await settle('drift', ['drift'], { remediation, restore, networks: [network] });
  await sync(client);
  const healthy = client.nodes();
  const frequency = './Vendor/MSFT/Recovery/PointInTimeRestore/SetRestorePointFrequency';
  client.changeLocally(frequency, '240');
  client.changeLocally('./Vendor/MSFT/Recovery/NetworkSettings/Wifi/Depot%20%26%20S%C3%B6hne', undefined);
  const report = await sync(client);
  expect(client.nodes()).toEqual(healthy);
  expect(sentIn(report, 'Atomic')).toBe(1);
  expect(await see('drift')).toMatchObject({ drift: [], lastSession: { outcome: 'converged' } });

  await world.admin('PUT', '/groups/drift/settings', { remediation, restore, networks: [] });
  await sync(client);
  expect(JSON.stringify(client.nodes())).not.toContain('WlanXML');
});

test('a key that was replaced is written although nobody can read that it differs', async () => {
  const client = await enrolMdmClient(server, { hardwareId: 'rekeyed', isInsider: true });
  await settle('rekeyed', ['rekeyed'], { networks: [network] });
  await sync(client);
  const other = canaries.secret('other', 'passphrase');
  await world.admin('PUT', '/groups/rekeyed/settings', { networks: [{ ...network, key: other }] });
  await sync(client);
  expect(keysIn(client)).toEqual([other]);
  expect(await see('rekeyed')).toMatchObject({ lastSession: { outcome: 'converged' } });
});

test('a busy device is asked again in the session, but not for ever; the next session goes on', async () => {
  const client = await enrolMdmClient(server, { hardwareId: 'busy' });
  await settle('busy', ['busy'], { remediation, restore });
  client.inject({ kind: 'busy', uri: './Vendor/MSFT/Recovery/PointInTimeRestore', status: 417, times: 2 });
  await sync(client);
  expect(await see('busy')).toMatchObject({ drift: [], lastSession: { outcome: 'converged' } });
  expect((await see('busy')).lastSession.retries).toBeGreaterThan(0);

  await world.admin('PUT', '/groups/busy/settings', { remediation, restore: { ...restore, cadenceHours: 24 } });
  client.inject({ kind: 'busy', status: 417 });
  await sync(client);
  expect(await see('busy')).toMatchObject({ lastSession: { outcome: 'busy' } });
  client.clearFaults();
  await sync(client);
  expect(await see('busy')).toMatchObject({ drift: [], lastSession: { outcome: 'converged' } });
  expect(client.node('./Vendor/MSFT/Recovery/PointInTimeRestore/SetRestorePointFrequency')).toBe('1440');
});

test('a refusal is told with its node and status, other groups are written, and it is tried again', async () => {
  const client = await enrolMdmClient(server, { hardwareId: 'denied' });
  await settle('denied', ['denied'], { remediation, restore });
  const uri = './Vendor/MSFT/Recovery/PointInTimeRestore/SetMaxDiskUsage';
  client.inject({ kind: 'permission-denied', uri, verbs: ['Add', 'Replace'] });
  await sync(client);
  const view = await see('denied');
  expect(view.lastSession.outcome).toBe('drifting');
  expect(view.lastSession.refusals).toContainEqual({ name: 'Add', uri: './Device/Vendor/MSFT/Recovery/PointInTimeRestore/SetMaxDiskUsage', status: 425 });
  expect(client.node('./Vendor/MSFT/Recovery/QuickMachineRecovery/EnableQuickMachineRecovery')).toBe('true');
  client.clearFaults();
  await sync(client);
  expect(await see('denied')).toMatchObject({ drift: [], lastSession: { outcome: 'converged', refusals: [] } });
});

test('a device that takes small messages gets its groups one after the other', async () => {
  const client = await enrolMdmClient(server, { hardwareId: 'small', isInsider: true, maxMsgSizeBytes: 5_000 });
  await settle('small', ['small'], { remediation, restore, networks: [network, { ...network, profile: { ...network.profile, ssid: 'second' } }] });
  const report = await sync(client);
  expect(await see('small')).toMatchObject({ drift: [], lastSession: { outcome: 'converged' } });
  const longest = Math.max(...report.transcript.filter(({ from, text }) => from === 'server' && /<(?:Add|Replace)>/.test(text)).map(({ text }) => text.length));
  expect(longest).toBeLessThan(5_000);
});

test('a policy of the device itself comes before its group', async () => {
  const client = await enrolMdmClient(server, { hardwareId: 'special' });
  await settle('special', ['special'], { remediation, restore });
  const id = await deviceIdOf(world.admin, 'special');
  expect(await world.admin('GET', `/devices/${id}/policies/restore`)).toMatchObject({ body: { source: 'stored', policy: restore } });
  const { body } = await world.admin('GET', `/devices/${id}`);
  const { enrolmentEpoch } = body as unknown as { readonly enrolmentEpoch: string };
  await world.admin('PUT', `/devices/${id}/policies/remediation`, { enrolmentEpoch, policy: { ...remediation, retryIntervalMinutes: 5 } });
  await sync(client);
  expect(client.node('./Vendor/MSFT/Recovery/QuickMachineRecovery/AutoRemediationSettings/SetRetryInterval')).toBe('5');
  expect(await world.admin('GET', `/devices/${id}/policies/restore`)).toMatchObject({ body: { source: 'device', policy: restore } });
});

test('a device that leaves is out, whoever wished it', async () => {
  const client = await enrolMdmClient(server, { hardwareId: 'leaver' });
  const id = await deviceIdOf(world.admin, 'leaver');
  expect(await world.admin('POST', `/devices/${id}/mdm/unenrol`, { key: 'leave-1' })).toMatchObject({ status: 202, body: { state: 'queued' } });
  expect(await world.admin('POST', `/devices/${id}/mdm/unenrol`, { key: 'leave-1' })).toMatchObject({ status: 202 });
  const report = await client.sync();
  expect(report.ending).toBe('unenrolled');
  expect(client.execs()).toHaveLength(1);
  expect(await see('leaver')).toMatchObject({ enrolled: false, execs: [{ execKey: 'leave-1', state: 'done' }], lastSession: { outcome: 'unenrolled' } });

  const user = await enrolMdmClient(server, { hardwareId: 'user-leaver' });
  user.unenrolByUser();
  await user.sync().catch(() => undefined);
  expect(await see('user-leaver')).toMatchObject({ enrolled: false, lastSession: { outcome: 'unenrolled' } });
});

test('keys are in no answer, log or audit, and in the database only sealed', async () => {
  const seen = [await world.admin('GET', '/groups/new/settings'), await world.admin('GET', '/audit?pageSize=500'), await world.admin('GET', `/devices/${await deviceIdOf(world.admin, 'new')}/mdm`), await world.admin('GET', `/devices/${await deviceIdOf(world.admin, 'older')}/mdm`), world.logs];
  expect(canaries.findLeaks(seen)).toEqual([]);
  expect(seen[0]).toMatchObject({ body: { networks: [{ hasKey: true }] } });
  const files = await Promise.all(['emm.db', 'emm.db-wal'].map((name) => readFile(join(world.folder, name), 'latin1').catch(() => '')));
  expect(files.join('').length).toBeGreaterThan(10_000);
  expect(canaries.findLeaks(files)).toEqual([]);
  expect((seen[1] as { readonly body: { readonly items: readonly object[] } }).body.items).toContainEqual(expect.objectContaining({ method: 'MDM Add', status: 200, path: './Device/Vendor/MSFT/Recovery/PointInTimeRestore/SetMaxDiskUsage' }));
});
