import { createCanarySecrets } from '@winre-kit/testkit';
import type { MdmClient, MdmSessionReport } from '@winre-kit/testkit/mdm-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type EmmWorld } from './emm-world.ts';
import { deviceIdOf, enrolMdmClient, mdmOf, type MdmServer, type MdmView } from './mdm-device.ts';

let world: EmmWorld;
let server: MdmServer;
const canaries = createCanarySecrets('mdm-later');
beforeAll(async () => {
  world = await startWorld();
  server = { ...world, url: world.emm.url, caCertificatePem: world.emm.caCertificatePem };
});
afterAll(() => world[Symbol.asyncDispose]());

const restore = { enabled: true, cadenceHours: 12, retentionHours: 72, maxDiskBytes: 10_240 * 1_048_576 };
const wifi = './Vendor/MSFT/Recovery/NetworkSettings/Wifi';
const disk = './Vendor/MSFT/Recovery/PointInTimeRestore/SetMaxDiskUsage';
const networkOf = (ssid: string, key: string): object => ({ profile: { kind: 'wifi-wpa2-psk', ssid, key: { secret: 'site-wifi' }, hidden: false }, key });
const see = (hardwareId: string): Promise<MdmView> => mdmOf(world.admin, hardwareId);

async function settle(hardwareId: string, settings: object): Promise<void> {
  expect(await world.admin('PUT', `/groups/${hardwareId}/settings`, settings)).toMatchObject({ status: 200 });
  expect(await world.admin('PUT', `/groups/${hardwareId}`, { deviceIds: [await deviceIdOf(world.admin, hardwareId)] })).toMatchObject({ status: 200 });
}
async function sync(client: MdmClient): Promise<MdmSessionReport> {
  const report = await client.sync();
  expect(report.violations).toEqual([]);
  return report;
}
const serverTexts = (report: MdmSessionReport): readonly string[] => report.transcript.filter(({ from }) => from === 'server').map(({ text }) => text);

test('a WLAN profile longer than the client’s messages arrives whole, in chunks', async () => {
  const maxMsgSizeBytes = 1_536;
  const client = await enrolMdmClient(server, { hardwareId: 'small', isInsider: true, maxMsgSizeBytes });
  // Every sign takes five in XML, and nine in a profile inside SyncML.
  const [ssid, key] = ['&'.repeat(32), '&'.repeat(63)];
  await settle('small', { networks: [networkOf(ssid, key), networkOf('short', canaries.secret('short', 'passphrase'))] });
  const report = await sync(client);
  const chunks = serverTexts(report).filter((text) => text.includes('<MoreData'));
  expect(chunks.length).toBeGreaterThan(1);
  expect(report.replies.filter((reply) => reply.kind === 'status' && reply.status === 213)).toHaveLength(chunks.length);
  const written = client.node(`${wifi}/${encodeURIComponent(ssid)}/WlanXML`) ?? '';
  expect(written).toContain(`<keyMaterial>${'&amp;'.repeat(63)}</keyMaterial>`);
  expect(Buffer.byteLength(written.replaceAll('&', '&amp;').replaceAll('<', '&lt;'))).toBeGreaterThan(maxMsgSizeBytes);
  expect(await see('small')).toMatchObject({ drift: [], lastSession: { outcome: 'converged', refusals: [] } });
  const again = await sync(client);
  expect(serverTexts(again).some((text) => /<(?:Add|Replace)>/.test(text))).toBe(false);
});

test('a change that the device only accepted is waited for, and written when it shows or the device says so', async () => {
  const client = await enrolMdmClient(server, { hardwareId: 'async', isInsider: true });
  client.inject({ kind: 'accepted', uri: disk });
  client.inject({ kind: 'accepted', uri: wifi, verbs: ['Replace'] });
  const first = networkOf('depot', canaries.secret('first', 'passphrase'));
  await settle('async', { restore, networks: [first] });
  await sync(client);
  expect(client.node(disk)).toBeUndefined();
  expect(await see('async')).toMatchObject({ lastSession: { outcome: 'waiting' }, accepted: expect.arrayContaining([{ name: 'Add', uri: './Device/Vendor/MSFT/Recovery/PointInTimeRestore/SetMaxDiskUsage' }]) });
  client.clearFaults();
  client.changeLocally(disk, '10240');
  const shown = await sync(client);
  expect(serverTexts(shown).some((text) => text.includes('<Atomic>'))).toBe(false);
  expect(await see('async')).toMatchObject({ drift: [], lastSession: { outcome: 'converged' } });

  // Another key: no Get shows it.
  await settle('async', { restore, networks: [networkOf('depot', canaries.secret('second', 'passphrase'))] });
  client.inject({ kind: 'accepted', uri: wifi, verbs: ['Replace'] });
  await sync(client);
  expect(await see('async')).toMatchObject({ drift: [], lastSession: { outcome: 'waiting' }, accepted: [{ name: 'Replace' }] });
  client.raiseAlert({ code: '1226', item: { sourceUri: `${wifi}/depot/WlanXML`, type: 'Reversed-Domain-Name:com.example.done', format: 'int', data: '0' } });
  const told = await sync(client);
  expect(serverTexts(told).some((text) => text.includes('<Replace>'))).toBe(false);
  const view = await see('async');
  expect(view).toMatchObject({ lastSession: { outcome: 'converged' } });
  expect(view).not.toHaveProperty('accepted');
  const { items } = (await world.admin('GET', '/audit?pageSize=500')).body;
  expect(items).toContainEqual(expect.objectContaining({ method: 'MDM finish', status: 200 }));
});

test('an Exec that the device only accepted is not done, and not sent again, until an alert tells its end', async () => {
  const client = await enrolMdmClient(server, { hardwareId: 'later' });
  const id = await deviceIdOf(world.admin, 'later');
  client.inject({ kind: 'accepted', uri: './Vendor/MSFT/DMClient/Unenroll' });
  await world.admin('POST', `/devices/${id}/mdm/unenrol`, { key: 'leave-later' });
  await sync(client);
  expect(await see('later')).toMatchObject({ enrolled: true, execs: [{ execKey: 'leave-later', state: 'accepted', status: 202 }] });
  const next = await sync(client);
  expect(serverTexts(next).some((text) => text.includes('<Exec>'))).toBe(false);
  expect(await see('later')).toMatchObject({ enrolled: true, execs: [{ state: 'accepted' }] });
  client.raiseAlert({ code: '1226', item: { sourceUri: './Vendor/MSFT/DMClient/Unenroll', type: 'Reversed-Domain-Name:com.example.done', format: 'int', data: '0' } });
  await sync(client);
  expect(await see('later')).toMatchObject({ enrolled: false, execs: [{ state: 'done' }], lastSession: { outcome: 'unenrolled' } });
});

test('a device that stays busy is left alone until its next session, which begins with what was put off', async () => {
  const client = await enrolMdmClient(server, { hardwareId: 'busy' });
  const id = await deviceIdOf(world.admin, 'busy');
  await settle('busy', { restore });
  await world.admin('POST', `/devices/${id}/mdm/unenrol`, { key: 'leave-busy' });
  client.inject({ kind: 'busy', status: 503 });
  await sync(client);
  expect(await see('busy')).toMatchObject({ execs: [{ state: 'queued' }], lastSession: { outcome: 'busy', retries: 3, putOff: { uris: expect.arrayContaining(['./DevDetail/SwV']), until: 'next-session' } } });
  client.clearFaults();
  const report = await client.sync();
  expect(client.node(disk)).toBe('10240');
  expect([report.ending, client.execs().length]).toEqual(['unenrolled', 1]);
  expect(await see('busy')).toMatchObject({ drift: [], lastSession: { outcome: 'unenrolled' } });
  expect((await see('busy')).lastSession).not.toHaveProperty('putOff');
  expect(canaries.findLeaks([world.logs, (await world.admin('GET', '/audit?pageSize=500')).body])).toEqual([]);
});
