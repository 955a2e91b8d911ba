import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFetchWithTrust } from '@winre-kit/testkit';
import { createHttpsTransport, type MdmClient, type MdmTransport } from '@winre-kit/testkit/mdm-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmmProcess, type EmmProcess } from './emm-process.ts';
import { adminCaller, createPerson, type AdminCaller } from './emm-world.ts';
import { deviceIdOf, enrolMdmClient, mdmOf } from './mdm-device.ts';

const settings = {
  remediation: { cloudRemediation: true, autoRemediation: true, retryIntervalMinutes: 30, timeToRebootMinutes: 180 },
  restore: { enabled: true, cadenceHours: 12, retentionHours: 72, maxDiskBytes: 10_240 * 1_048_576 },
  networks: [{ profile: { kind: 'wifi-wpa2-psk', ssid: 'depot', key: { secret: 'site-wifi' } }, key: 'correct horse' }],
};

let folder: string;
let emm: EmmProcess;
let admin: AdminCaller;
let port = 0;

async function start(): Promise<void> {
  emm = await startEmmProcess(folder, { port });
  port = Number(new URL(emm.url).port);
  admin = adminCaller(createFetchWithTrust(emm.caCertificatePem), emm.url, await readFile(join(folder, 'administrator-token.contoso'), 'utf8'));
}
async function killAndRestart(): Promise<void> {
  await emm.kill('SIGKILL');
  await start();
}
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emm-mdm-killed-'));
  await start();
  await admin('PUT', '/trust', { trustedKeys: [(await createPerson('ann@contoso.example', 'approve')).key] });
});
afterAll(async () => {
  await emm.kill('SIGTERM');
  await rm(folder, { recursive: true });
  await rm(`${folder}.cache`, { recursive: true, force: true });
});

/** HTTPS on which the server dies around one message of a session: its reply still arrives, or is lost and the client sends the same message again. */
interface DeadlyTransport extends MdmTransport {
  /** Counted from now on. */
  dieAt(message: number, how: 'reply-arrives' | 'reply-lost'): void;
  readonly sent: () => number;
}
function createDeadlyTransport(): DeadlyTransport {
  const https = createHttpsTransport();
  let sent = 0;
  let death: { readonly at: number; readonly how: 'reply-arrives' | 'reply-lost' } | undefined;
  return {
    async send(request) {
      sent += 1;
      const reply = await https.send(request);
      if (sent !== death?.at) return reply;
      await killAndRestart();
      https.close();
      return death.how === 'reply-arrives' ? reply : https.send(request);
    },
    close: () => https.close(),
    dieAt(message, how) {
      sent = 0;
      death = { at: message, how };
    },
    sent: () => sent,
  };
}

async function addDevice(hardwareId: string): Promise<{ readonly client: MdmClient; readonly transport: DeadlyTransport }> {
  const transport = createDeadlyTransport();
  const client = await enrolMdmClient({ url: emm.url, caCertificatePem: emm.caCertificatePem, admin }, { hardwareId, isInsider: true, transport });
  expect(await admin('PUT', '/groups/all/settings', settings)).toMatchObject({ status: 200 });
  expect(await admin('PUT', '/groups/all', { deviceIds: [await deviceIdOf(admin, hardwareId)] })).toMatchObject({ status: 200 });
  return { client, transport };
}

/** What a device has in the end when nobody dies, without what names the device. */
function recoveryNodesOf(client: MdmClient): object {
  return Object.fromEntries(Object.entries(client.nodes()).filter(([uri]) => uri.includes('/Recovery/')));
}

describe('killed at any message of a session, the server goes on where it was', { timeout: 120_000 }, () => {
  let wanted: object;
  let messages: number;
  beforeAll(async () => {
    const calm = await addDevice('calm');
    calm.transport.dieAt(0, 'reply-arrives');
    await calm.client.sync();
    // One message more than the calm session: the others have an Exec in them.
    messages = calm.transport.sent() + 1;
    wanted = recoveryNodesOf(calm.client);
  });

  // A message that is sent again is answered with the MsgID it was answered with before, which the client counts as a second one.
  test.each([
    { how: 'reply-arrives', runs: [1], violations: /^$/ },
    { how: 'reply-lost', runs: [0, 1], violations: /^$|MsgID|MsgRef/ },
  ] as const)('$how: the device gets everything, and an Exec once at most', async ({ how, runs, violations }) => {
    expect({ isLong: messages > 5, isMuch: Object.keys(wanted).length > 8 }).toEqual({ isLong: true, isMuch: true });
    for (let message = 1; message <= messages; message += 1) {
      const hardwareId = `${how}-${message}`;
      const { client, transport } = await addDevice(hardwareId);
      await admin('POST', `/devices/${await deviceIdOf(admin, hardwareId)}/mdm/unenrol`, { key: hardwareId });
      transport.dieAt(message, how);
      // A device that has left and says so once more is refused: its certificate was revoked with its first word.
      const isRefused = client.sync().then(({ violations: found }) => (expect(found.join(', ')).toMatch(violations), false), (error: unknown) => (expect(error).toMatchObject({ code: 'permission-denied' }), true));
      expect({ hardwareId, isRefusedInVain: (await isRefused) && client.isEnrolled }).toEqual({ hardwareId, isRefusedInVain: false });
      if (client.isEnrolled) await client.sync();
      const { execs, drift } = await mdmOf(admin, hardwareId);
      expect({ hardwareId, nodes: recoveryNodesOf(client), drift }).toEqual({ hardwareId, nodes: wanted, drift: [] });
      const ran = client.execs().length;
      expect(runs).toContain(ran);
      // What was run may be unknown; what is known is so.
      expect({ hardwareId, state: execs[0]?.state }).toEqual({ hardwareId, state: expect.stringMatching(ran === 1 ? /^(?:done|unknown)$/ : /^unknown$/) });
    }
  });
});

test('an Exec whose outcome nobody heard is unknown, and is not sent again', async () => {
  const { client } = await addDevice('cut-off');
  await client.sync();
  await admin('POST', `/devices/${await deviceIdOf(admin, 'cut-off')}/mdm/unenrol`, { key: 'cut-off' });
  let wasSent = false;
  // The device dies with one message after the other in hand, until it is the one with the Exec.
  for (let message = 1; message < 12 && !wasSent; message += 1) {
    client.inject({ kind: 'drop-reply', message, when: 'before-commands' });
    const cut = await client.sync();
    wasSent = cut.transcript.some(({ text }) => text.includes('<Exec>'));
  }
  expect({ wasSent, ran: client.execs().length }).toEqual({ wasSent: true, ran: 0 });
  await killAndRestart();
  const report = await client.sync();
  expect(report.transcript.some(({ text }) => text.includes('<Exec>'))).toBe(false);
  expect(await mdmOf(admin, 'cut-off')).toMatchObject({ execs: [{ execKey: 'cut-off', state: 'unknown' }] });
});
