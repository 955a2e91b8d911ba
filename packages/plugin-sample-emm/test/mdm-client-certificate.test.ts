import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { join } from 'node:path';
import type { Clock } from '@winre-kit/sdk';
import { systemClock } from '@winre-kit/plugin-sample-emm/server';
import { issueCertificateAuthority, issueClientCertificate, issueServerCertificate, type IssuedCertificate } from '@winre-kit/winre-agent/gateway';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type EmmWorld } from './emm-world.ts';
import { enrolOverWire, firstMessage, makeRequest, sendOverWire, syncMlType, type ClientIdentity } from './mdm-wire.ts';

let world: EmmWorld;
let authority: IssuedCertificate;
beforeAll(async () => {
  world = await startWorld();
  ({ authority } = JSON.parse(await readFile(join(world.folder, 'server-keys.json'), 'utf8')) as { authority: IssuedCertificate });
});
afterAll(() => world[Symbol.asyncDispose]());

/** The answer's status, and why the server says it refused. */
async function knock(identity?: ClientIdentity): Promise<{ readonly status: number; readonly text: string; readonly refusal: string | undefined }> {
  const before = world.logs.length;
  const { status, text } = await sendOverWire(`${world.emm.url}/ManagementServer/Mdm.svc`, { ca: world.emm.caCertificatePem, body: firstMessage(), contentType: syncMlType, ...(identity && { identity }) });
  const refusals = world.logs.slice(before).map((line) => (JSON.parse(line) as { readonly refusal?: string }).refusal);
  return { status, text, refusal: refusals.find((refusal) => refusal !== undefined) };
}
const refused = (refusal: string): object => ({ status: 403, text: '', refusal });

async function issue(by: IssuedCertificate, validForDays = 30, clock: Clock = systemClock): Promise<ClientIdentity> {
  const { requestDer, privateKeyPem } = await makeRequest();
  return { certificatePem: await issueClientCertificate({ authority: by, requestDer: Uint8Array.from(requestDer), commonName: 'device', validForDays }, clock), privateKeyPem };
}
const enrol = async (hardwareId: string): Promise<ClientIdentity> => enrolOverWire(world.emm.url, world.emm.caCertificatePem, (await world.admin('POST', '/enrolment-tokens', {})).body.token, hardwareId);
const deviceIdOf = async (hardwareId: string): Promise<string> => {
  const { items } = (await world.admin('GET', '/devices')).body as unknown as { readonly items: readonly { readonly id: string; readonly hardwareId: string }[] };
  return items.find((device) => device.hardwareId === hardwareId)?.id ?? '';
};

test('a client without a certificate, or with one of another authority, gets nowhere', async () => {
  expect(await knock()).toEqual(refused('no-certificate'));
  const foreign = await issueCertificateAuthority({ commonName: 'Sample EMM', validForDays: 30 }, systemClock);
  expect(await knock(await issue(foreign))).toEqual(refused('foreign-issuer'));
});

test('a certificate of this authority that is expired, is for servers, or was never issued here gets nowhere', async () => {
  const past: Clock = { ...systemClock, now: () => Date.now() - 100 * 86_400_000 };
  expect(await knock(await issue(authority, 30, past))).toEqual(refused('not-valid-now'));
  expect(await knock(await issueServerCertificate({ authority, hostNames: ['localhost'], validForDays: 30 }, systemClock))).toEqual(refused('not-for-clients'));
  expect(await knock(await issue(authority))).toEqual(refused('never-issued'));
});

test('an enrolled device is let in until its certificate is revoked, or the device is', async () => {
  const [one, two] = [await enrol('hardware-one'), await enrol('hardware-two')];
  expect([await knock(one), await knock(two)]).toMatchObject([{ status: 200 }, { status: 200 }]);
  expect(await world.admin('DELETE', `/devices/${await deviceIdOf('hardware-one')}/mdm/certificate`)).toMatchObject({ status: 200 });
  expect(await knock(one)).toEqual(refused('revoked'));
  expect(await knock(two)).toMatchObject({ status: 200 });
  await world.admin('POST', '/revocations', { deviceIds: [await deviceIdOf('hardware-two')] });
  expect(await knock(two)).toEqual(refused('device-revoked'));
});

test('a certificate that is revoked while its message comes in gets no answer, and nothing is stored', async () => {
  const identity = await enrol('hardware-slow');
  const id = await deviceIdOf('hardware-slow');
  async function* slowly(): AsyncGenerator<Uint8Array> {
    const bytes = Buffer.from(firstMessage());
    yield bytes.subarray(0, 100);
    await world.admin('DELETE', `/devices/${id}/mdm/certificate`);
    yield bytes.subarray(100);
  }
  const { status, text } = await sendOverWire(`${world.emm.url}/ManagementServer/Mdm.svc`, { ca: world.emm.caCertificatePem, body: slowly(), contentType: syncMlType, identity });
  expect([status, text]).toEqual([403, '']);
  expect((await world.admin('GET', `/devices/${id}/mdm`)).body).not.toHaveProperty('lastSession');
});

test('a client certificate is asked of everybody and needed nowhere else', async () => {
  expect((await sendOverWire(`${world.emm.url}/admin/v1/caller`, { ca: world.emm.caCertificatePem, method: 'GET' })).status).toBe(401);
  const identity = await enrol('hardware-three');
  expect((await sendOverWire(`${world.emm.url}/admin/v1/caller`, { ca: world.emm.caCertificatePem, method: 'GET', identity })).status).toBe(401);
});

test('a TLS session that is resumed is the same client, and is refused all the same once it is revoked', async () => {
  const { certificatePem, privateKeyPem } = await enrol('hardware-resumed');
  const agent = new Agent({ keepAlive: false, ca: world.emm.caCertificatePem, cert: certificatePem, key: privateKeyPem });
  const ask = async (): Promise<{ readonly status: number | undefined; readonly isResumed: boolean }> => new Promise((resolve, reject) => {
    const outgoing = request(`${world.emm.url}/ManagementServer/Mdm.svc`, { method: 'POST', agent, headers: { 'content-type': syncMlType } }, (response) => {
      const isResumed = (response.socket as TLSSocket).isSessionReused();
      response.resume().on('end', () => resolve({ status: response.statusCode, isResumed })).on('error', reject);
    });
    outgoing.on('error', reject).end(firstMessage());
  });
  expect(await ask()).toEqual({ status: 200, isResumed: false });
  expect(await ask()).toEqual({ status: 200, isResumed: true });
  await world.admin('DELETE', `/devices/${await deviceIdOf('hardware-resumed')}/mdm/certificate`);
  expect(await ask()).toEqual({ status: 403, isResumed: true });
  agent.destroy();
});

test.each(['revoked', 'device-revoked'] as const)('a connection that was let in is refused in its middle once its certificate is no good any more: %s', async (refusal) => {
  const hardwareId = `hardware-live-${refusal}`;
  const { certificatePem, privateKeyPem } = await enrol(hardwareId);
  const id = await deviceIdOf(hardwareId);
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: world.emm.caCertificatePem, cert: certificatePem, key: privateKeyPem });
  const ask = async (): Promise<object> => new Promise((resolve, reject) => {
    const outgoing = request(`${world.emm.url}/ManagementServer/Mdm.svc`, { method: 'POST', agent, headers: { 'content-type': syncMlType } }, (response) => {
      response.resume().on('end', () => resolve({ status: response.statusCode, isSameConnection: outgoing.reusedSocket })).on('error', reject);
    });
    outgoing.on('error', reject).end(firstMessage());
  });
  expect([await ask(), await ask()]).toEqual([{ status: 200, isSameConnection: false }, { status: 200, isSameConnection: true }]);
  const before = world.logs.length;
  await (refusal === 'revoked' ? world.admin('DELETE', `/devices/${id}/mdm/certificate`) : world.admin('POST', '/revocations', { deviceIds: [id] }));
  expect(await ask()).toEqual({ status: 403, isSameConnection: true });
  expect(world.logs.slice(before)).toContainEqual(expect.stringContaining(`"refusal":"${refusal}"`));
  agent.destroy();
});
