import { expect, test } from 'vitest';
import { createMdmClient, type MdmClient, type MdmClientSettings } from '@winre-kit/testkit/mdm-client';
import { startScriptedMdmServer, type ScriptedMdmServer } from './scripted-mdm-server.ts';

const clientFor = (server: ScriptedMdmServer, settings: Partial<MdmClientSettings> = {}): MdmClient =>
  createMdmClient({ build: '26100.8737', hardwareId: 'PC-1', deviceName: 'reception', keyKind: 'ecdsa-p256', clock: { now: () => 1 }, trustedAuthoritiesPem: server.authorityPem, ...settings });
const credentials = (server: ScriptedMdmServer, password = 'let-me-in'): { discoveryUrl: string; userName: string; password: string } => ({ discoveryUrl: server.discoveryUrl, userName: 'user@example.test', password });

// The steps of https://learn.microsoft.com/en-us/windows/client-management/on-premise-authentication-device-enrollment
test('discovery, policy and request follow the protocol, and the certificate is for the key of the device', async () => {
  await using server = await startScriptedMdmServer();
  const client = clientFor(server, { randomUuid: () => '748132ec-a575-4329-b01b-6171a9cf8478' });
  const enrolment = await client.enrol(credentials(server));

  expect(enrolment).toMatchObject({ providerId: 'Scripted', managementUrl: server.managementUrl, certificatePem: expect.stringContaining('BEGIN CERTIFICATE') as string });
  const [discover, policies, request] = server.soap;
  for (const part of ['IDiscoveryService/Discover</a:Action>', '<a:MessageID>urn:uuid:748132ec-a575-4329-b01b-6171a9cf8478</a:MessageID>', `<a:To s:mustUnderstand="1">${server.discoveryUrl}</a:To>`, '<EmailAddress>user@example.test</EmailAddress>', '<AuthPolicy>OnPremise</AuthPolicy>', '<ApplicationVersion>10.0.26100.8737</ApplicationVersion>']) expect(discover).toContain(part);
  expect(discover).not.toContain('let-me-in');
  for (const part of ['IPolicy/GetPolicies</a:Action>', '<wsse:Username>user@example.test</wsse:Username>', '#PasswordText">let-me-in</wsse:Password>', '<requestFilter xsi:nil="true"/>']) expect(policies).toContain(part);
  for (const part of ['RST/wstep</a:Action>', 'ConfigurationManager/Enrollment/DeviceEnrollmentToken</wst:TokenType>', 'ws-trust/200512/Issue</wst:RequestType>', '<ac:ContextItem Name="DeviceID"><ac:Value>PC-1</ac:Value></ac:ContextItem>', '<ac:ContextItem Name="DeviceName"><ac:Value>reception</ac:Value></ac:ContextItem>']) expect(request).toContain(part);
  expect(client.isEnrolled).toBe(true);
  expect([client.node('./Vendor/MSFT/DMClient/Provider/Scripted/EntDeviceName'), client.nodes()['./Vendor/MSFT/DMClient/Provider/Scripted/Poll/NumberOfFirstRetries']]).toEqual(['PC', { format: 'int', value: '8' }]);
});

test('keys are RSA unless a test wants fast ones', async () => {
  await using server = await startScriptedMdmServer();
  const { privateKeyPem } = await createMdmClient({ build: '26100.8737', hardwareId: 'PC-1', deviceName: 'pc', clock: { now: () => 1 }, trustedAuthoritiesPem: server.authorityPem }).enrol(credentials(server));
  expect(Buffer.from(privateKeyPem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64').length).toBeGreaterThan(1_000);
});

test.each<[string, (server: ScriptedMdmServer) => void, string, string | undefined]>([
  ['a wrong password', (server) => void (server.enrolment.password = 'another'), 'unauthenticated', 'who are you'],
  ['another kind of authentication', (server) => void (server.enrolment.authPolicy = 'Federated'), 'unsupported', 'Federated'],
  ['WBXML', (server) => void (server.enrolment.encoding = 'application/vnd.syncml.dm+wbxml'), 'unsupported', 'DEFAULTENCODING'],
  ['a chunked answer', (server) => void (server.enrolment.isChunked = true), 'invalid-argument', 'chunked'],
  ['a certificate for another key', (server) => void (server.enrolment.isForOtherKey = true), 'untrusted-payload', 'another key'],
])('%s ends the enrolment, and nothing is kept', async (_, change, code, message) => {
  await using server = await startScriptedMdmServer();
  change(server);
  const client = clientFor(server);
  const before = client.state();
  await expect(client.enrol(credentials(server))).rejects.toMatchObject({ code, message: expect.stringContaining(message ?? '') as string });
  expect([client.isEnrolled, client.state()]).toEqual([false, before]);
});

test('a server that is not there, or is nobody’s, is unavailable', async () => {
  await using server = await startScriptedMdmServer();
  const { origin } = server;
  await expect(clientFor(server).enrol({ ...credentials(server), discoveryUrl: `${origin}/nowhere` })).rejects.toMatchObject({ code: 'unavailable', vendor: { status: 403 } });
  await expect(createMdmClient({ build: '26100.8737', hardwareId: 'PC-1', deviceName: 'pc', clock: { now: () => 1 } }).enrol(credentials(server))).rejects.toMatchObject({ code: 'unavailable' });
});

test('enrolling again replaces the enrolment and keeps the settings of the device', async () => {
  await using server = await startScriptedMdmServer();
  const client = clientFor(server);
  const first = await client.enrol(credentials(server));
  client.changeLocally('./Vendor/MSFT/Recovery/QuickMachineRecovery/EnableQuickMachineRecovery', 'true');
  const second = await client.enrol(credentials(server));
  expect(second.certificatePem).not.toBe(first.certificatePem);
  expect(client.node('./Vendor/MSFT/Recovery/QuickMachineRecovery/EnableQuickMachineRecovery')).toBe('true');
});
