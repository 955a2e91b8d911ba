import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type EmmWorld } from './emm-world.ts';
import { actions, certificateIn, enrolOverWire, firstMessage, makeRequest, provisioningIn, sendOverWire, soapBody, syncMlType, tokenRequest, type WireReply } from './mdm-wire.ts';

let world: EmmWorld;
beforeAll(async () => (world = await startWorld()));
afterAll(() => world[Symbol.asyncDispose]());

const tokenFor = async (terms: object = {}): Promise<string> => (await world.admin('POST', '/enrolment-tokens', terms)).body.token;
const post = (path: string, body: string): Promise<WireReply> => sendOverWire(`${world.emm.url}${path}`, { ca: world.emm.caCertificatePem, body });
const enrol = (token: string | undefined, requestDer: Uint8Array, hardwareId: string): Promise<WireReply> => post('/EnrollmentServer/Enrollment.svc', soapBody(actions.token, tokenRequest(requestDer, hardwareId), token));
const faultOf = ({ status, text }: WireReply): readonly [number, string | undefined] => [status, /<s:Subcode><s:Value>s:(\w+)</.exec(text)?.[1]];
interface Listed { readonly items: readonly { readonly id: string; readonly hardwareId: string; readonly displayName: string; readonly enrolmentEpoch: string; readonly osBuild: string }[] }
const deviceOf = async (hardwareId: string): Promise<Listed['items'][number] | undefined> => ((await world.admin('GET', '/devices')).body as unknown as Listed).items.find((device) => device.hardwareId === hardwareId);

test('a client finds the services, learns the policy, and comes away with a certificate that opens a session', async () => {
  expect((await sendOverWire(`${world.emm.url}/EnrollmentServer/Discovery.svc`, { ca: world.emm.caCertificatePem, method: 'GET' })).status).toBe(200);
  const discovered = await post('/EnrollmentServer/Discovery.svc', soapBody(actions.discover, '<Discover xmlns="http://schemas.microsoft.com/windows/management/2012/01/enrollment"><request><EmailAddress>user@contoso.example</EmailAddress><RequestVersion>4.0</RequestVersion></request></Discover>'));
  expect(discovered.text).toContain('<AuthPolicy>OnPremise</AuthPolicy>');
  expect(discovered.text).toContain('urn:uuid:0d5a1441-5891-453b-becf-a2e5f6ea3749</RelatesTo>');
  const policyUrl = /<EnrollmentPolicyServiceUrl>([^<]+)</.exec(discovered.text)?.[1] ?? '';
  const enrolmentUrl = /<EnrollmentServiceUrl>([^<]+)</.exec(discovered.text)?.[1] ?? '';

  const token = await tokenFor();
  const policy = await sendOverWire(policyUrl, { ca: world.emm.caCertificatePem, body: soapBody(actions.policies, '<GetPolicies xmlns="http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy"/>', token) });
  expect(policy.text).toContain('<minimalKeyLength>2048</minimalKeyLength>');

  const { requestDer, privateKeyPem } = await makeRequest();
  const reply = await sendOverWire(enrolmentUrl, { ca: world.emm.caCertificatePem, body: soapBody(actions.token, tokenRequest(requestDer, 'hardware-1'), token) });
  const provisioning = provisioningIn(reply);
  expect(provisioning).toContain('<parm name="DEFAULTENCODING" value="application/vnd.syncml.dm+xml"/>');
  const device = await deviceOf('hardware-1');
  expect(device).toMatchObject({ displayName: 'PC-1', osBuild: '10.0.26100.8737' });
  const certificate = certificateIn(provisioning);
  expect(certificate.subject).toBe(`CN=${device?.id}`);
  const managementUrl = /name="ADDR" value="([^"]+)"/.exec(provisioning)?.[1] ?? '';
  const session = await sendOverWire(managementUrl, { ca: world.emm.caCertificatePem, body: firstMessage(), contentType: syncMlType, identity: { certificatePem: certificate.toString(), privateKeyPem } });
  expect(session.status).toBe(200);
  expect(session.text).toContain('<LocURI>./DevDetail/SwV</LocURI>');
});

test('a token is good once; the key that used it gets the same certificate again', async () => {
  const token = await tokenFor();
  const { requestDer } = await makeRequest();
  const [first, again] = [await enrol(token, requestDer, 'hardware-2'), await enrol(token, requestDer, 'hardware-2')];
  expect(certificateIn(provisioningIn(again)).raw.equals(certificateIn(provisioningIn(first)).raw)).toBe(true);
  expect(faultOf(await enrol(token, (await makeRequest()).requestDer, 'hardware-2'))).toEqual([400, 'Authentication']);
});

test('without a token, with an unknown, expired or foreign one, and for a revoked device nobody enrols', async () => {
  const { requestDer } = await makeRequest();
  expect(faultOf(await enrol(undefined, requestDer, 'hardware-3'))).toEqual([400, 'Authentication']);
  expect(faultOf(await enrol('0'.repeat(64), requestDer, 'hardware-3'))).toEqual([400, 'Authentication']);
  const short = await tokenFor({ ttlMs: 1_000 });
  await wait(1_100);
  expect(faultOf(await enrol(short, requestDer, 'hardware-3'))).toEqual([400, 'Authentication']);
  const getPolicies = soapBody(actions.policies, '<GetPolicies xmlns="http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy"/>', short);
  expect(faultOf(await post('/EnrollmentServer/Policy.svc', getPolicies))).toEqual([400, 'Authentication']);
  expect(faultOf(await enrol(await tokenFor({ hardwareId: 'other' }), requestDer, 'hardware-3'))).toEqual([400, 'Authentication']);
  expect(await deviceOf('hardware-3')).toBeUndefined();

  await enrolOverWire(world.emm.url, world.emm.caCertificatePem, await tokenFor(), 'hardware-4');
  const id = (await deviceOf('hardware-4'))?.id;
  await world.admin('POST', '/revocations', { deviceIds: [id] });
  expect(faultOf(await enrol(await tokenFor(), requestDer, 'hardware-4'))).toEqual([400, 'Authorization']);
});

test('a request that was altered or is none gets no certificate and does not use the token up', async () => {
  const token = await tokenFor();
  const { requestDer } = await makeRequest('CN=good-name');
  const altered = Uint8Array.from(requestDer);
  altered.set(new TextEncoder().encode('evil-name'), Buffer.from(requestDer).indexOf('good-name'));
  expect(faultOf(await enrol(token, altered, 'hardware-5'))).toEqual([400, 'CertificateRequest']);
  expect(faultOf(await enrol(token, Uint8Array.of(48, 3, 1, 1, 255), 'hardware-5'))).toEqual([400, 'CertificateRequest']);
  expect(faultOf(await post('/EnrollmentServer/Enrollment.svc', soapBody(actions.token, '<nothing/>', token)))).toEqual([400, 'MessageFormat']);
  expect((await enrol(token, requestDer, 'hardware-5')).status).toBe(200);
});

test('enrolling again keeps the device and its agent, and ends the former certificate', async () => {
  const agent = await world.addDevice('hardware-6');
  const before = await deviceOf('hardware-6');
  const first = await enrolOverWire(world.emm.url, world.emm.caCertificatePem, await tokenFor({ hardwareId: 'hardware-6' }), 'hardware-6');
  const second = await enrolOverWire(world.emm.url, world.emm.caCertificatePem, await tokenFor({ hardwareId: 'hardware-6' }), 'hardware-6');
  expect(await deviceOf('hardware-6')).toMatchObject({ id: before?.id, enrolmentEpoch: before?.enrolmentEpoch });
  await expect(agent.hello()).resolves.toBeDefined();
  const url = `${world.emm.url}/ManagementServer/Mdm.svc`;
  const statusWith = async (identity: typeof first): Promise<number> => (await sendOverWire(url, { ca: world.emm.caCertificatePem, body: firstMessage(), contentType: syncMlType, identity })).status;
  expect([await statusWith(first), await statusWith(second)]).toEqual([403, 200]);
});

test('another key on a known hardware id is told what it needs, and changes nothing', async () => {
  const { requestDer } = await makeRequest();
  await enrol(await tokenFor(), requestDer, 'hardware-8');
  const before = await deviceOf('hardware-8');
  const token = await tokenFor();
  const refused = await enrol(token, (await makeRequest()).requestDer, 'hardware-8');
  expect([faultOf(refused), refused.text]).toEqual([[400, 'Authentication'], expect.stringContaining('make a token for this hardware id')]);
  expect(world.logs.at(-1)).toContain('"reason":"other-key"');
  expect(await deviceOf('hardware-8')).toEqual(before);
  // The key that is known needs no more than any token, and this one is not used up.
  expect((await enrol(token, requestDer, 'hardware-8')).status).toBe(200);
});

test('neither tokens nor their digests stand in the log; the audit knows who enrolled', async () => {
  const token = await tokenFor();
  await enrol(token, (await makeRequest()).requestDer, 'hardware-7');
  await enrol(token, (await makeRequest()).requestDer, 'hardware-7');
  expect(world.logs.join('\n')).not.toContain(token);
  const id = (await deviceOf('hardware-7'))?.id;
  const { items } = (await world.admin('GET', '/audit?pageSize=500')).body;
  expect(items.filter(({ method, path }) => method === 'MDM enrol' && path === id)).toHaveLength(1);
});
