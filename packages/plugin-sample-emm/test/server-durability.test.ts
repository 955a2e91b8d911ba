import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSigningKey, SecretValue, type IntentOf, type PlanDraftInput, type PluginInstance, type SigningKeyPair } from '@winre-kit/sdk';
import { sampleEmmConfigSchema, sampleEmmPlugin } from '@winre-kit/plugin-sample-emm';
import { systemClock } from '@winre-kit/plugin-sample-emm/server';
import { createCanarySecrets, createFakeWinreDevice, createFetchWithTrust, createMockHost, type FakeWinreDevice, type MemoryStorage } from '@winre-kit/testkit';
import { escrowContext, protocolRoutes, sealSecret, signTrustUpdate } from '@winre-kit/winre-agent/protocol';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startEmmProcess, type EmmProcess } from './emm-process.ts';
import { adminCaller, call, collect, createPerson, handleOf, startRequestOf, tenantId, type AdminCaller, type Person } from './emm-world.ts';
import { postOnChannel } from './post-on-channel.ts';

const draft: PlanDraftInput = { prechecks: [], blastRadius: { devices: 1, description: 'x' }, requests: [{ method: 'POST', url: 'https://emm.example' }] };
const offering = { id: 'o1', release: 'r', language: 'en-US', edition: 'e', mediaSource: { kind: 'share', location: 's' } };
const restorePolicy = { enabled: true, cadenceHours: 4 as const, retentionHours: 24 as const, maxDiskBytes: 1_000 };

let folder: string;
let emm: EmmProcess;
let port = 0;
let approver: Person;
let secondApprover: Person;
let deviceKey: SigningKeyPair;
let device: FakeWinreDevice;
let admin: AdminCaller;
let plugin: PluginInstance;
let storage: MemoryStorage | undefined;

/** Devices speak to whichever process listens now. */
const sendForDevice = async (request: Request): Promise<Response> => {
  const body = new Uint8Array(await request.arrayBuffer());
  return createFetchWithTrust(emm.caCertificatePem)(request.url, { method: request.method, headers: request.headers, body, signal: request.signal });
};

/** Starts the EMM again and connects everybody to it anew. */
async function restart(): Promise<void> {
  emm = await startEmmProcess(folder, { port });
  port = Number(new URL(emm.url).port);
  const fetch = createFetchWithTrust(emm.caCertificatePem);
  const token = await readFile(join(folder, 'administrator-token.contoso'), 'utf8');
  admin = adminCaller(fetch, emm.url, token);
  const host = createMockHost({ secrets: { 'emm-token': token }, fetch, overrides: { clock: systemClock, ...(storage ? { storage } : {}) } });
  storage ??= host.storage;
  plugin = await sampleEmmPlugin.open(sampleEmmConfigSchema.parse({ baseUrl: emm.url, token: { secret: 'emm-token' }, tenantId }), host.services);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emm-durability-'));
  approver = await createPerson('ann@contoso.example', 'approve');
  secondApprover = await createPerson('bob@contoso.example', 'approve');
  deviceKey = await generateSigningKey();
  await restart();
  device = createFakeWinreDevice({ fetch: sendForDevice, gatewayUrl: emm.url, clock: systemClock, hardwareId: 'hardware-durable', deviceKey, behave: (command) => (command.operationKey === 'op-running' ? { kind: 'stay-running' } : undefined) });
});
afterEach(async () => {
  // Every test ends with acknowledgements, and the process dies before it can do anything more.
  await emm.kill('SIGKILL');
  await restart();
});
afterAll(async () => {
  await emm.kill('SIGTERM');
  await rm(folder, { recursive: true });
  await rm(`${folder}.cache`, { recursive: true, force: true });
});

const binding = (): { id: string; enrolmentEpoch: string } => ({ id: device.enrolment?.deviceId ?? '', enrolmentEpoch: device.enrolment?.enrolmentEpoch ?? '' });
const enterIntent = (): IntentOf<'winre.session.enter'> => ({ capability: 'winre.session.enter', tenantId, device: binding() });
const start = async (operationKey: string): Promise<void> => void (await plugin.sessions?.enter?.doStart(await startRequestOf(enterIntent(), draft, operationKey), call));
const stateOf = async (operationKey: string): Promise<string> => (await plugin.operations.doGet(await handleOf(await startRequestOf(enterIntent(), draft, operationKey)), call)).state;
const handleFor = async (operationKey: string): ReturnType<typeof handleOf> => handleOf(await startRequestOf(enterIntent(), draft, operationKey));
let enrolmentToken = '';
let operatorToken = '';
let artifactId = '';

test('the first start writes the token for its owner only and does not print it; trust is set up', async () => {
  const path = join(folder, 'administrator-token.contoso');
  const token = await readFile(path, 'utf8');
  expect([(await stat(path)).mode & 0o777, emm.output().includes(path), emm.output().includes(token)]).toEqual([0o600, true, false]);
  expect((await admin('PUT', '/trust', { trustedKeys: [approver.key], consent: { categories: ['agent-log'] } })).status).toBe(201);
});
test('trust was kept; tokens for a colleague and for a device are made', async () => {
  expect(emm.output()).not.toContain('administrator token');
  const canaries = createCanarySecrets();
  canaries.plant('administrator token', await readFile(join(folder, 'administrator-token.contoso'), 'utf8'));
  expect([...(await canaries.scanProcesses([emm.pid])), ...canaries.findLeaks(emm.output())]).toEqual([]);
  expect(await admin('GET', '/trust')).toMatchObject({ body: { trustedKeys: [{ keyId: approver.key.keyId }, { purpose: 'gateway' }] } });
  const made = await Promise.all([admin('POST', '/api-tokens', { principal: 'operator', role: 'operator' }), admin('POST', '/enrolment-tokens', {})]);
  [operatorToken, enrolmentToken] = [made[0].body.token, made[1].body.token];
});
test('the tokens were kept; a device enrols with one', async () => {
  const operator = adminCaller(createFetchWithTrust(emm.caCertificatePem), emm.url, operatorToken);
  expect(await operator('GET', '/caller')).toMatchObject({ body: { role: 'operator' } });
  await device.enrol(enrolmentToken);
});
test('the enrolment was kept and its token is used up; offerings, consent and a policy are set', async () => {
  await device.hello();
  const other = createFakeWinreDevice({ fetch: sendForDevice, gatewayUrl: emm.url, clock: systemClock, hardwareId: 'hardware-other' });
  await expect(other.enrol(enrolmentToken)).rejects.toMatchObject({ code: 'unauthenticated' });
  const consent = { categories: ['agent-log', 'diagnostics'] };
  await Promise.all([admin('PUT', '/rebuild-offerings', { offerings: [offering] }), admin('PUT', '/consent', consent), plugin.restore?.policy?.doSet(binding(), restorePolicy, call)]);
});
test('they were kept; one operation is started, one started and cancelled, one reconciled as absent', async () => {
  expect(await admin('GET', '/rebuild-offerings')).toMatchObject({ body: { items: [offering] } });
  expect(await admin('GET', '/consent')).toMatchObject({ body: { categories: ['agent-log', 'diagnostics'] } });
  expect(await plugin.restore?.policy?.doGet(binding(), call)).toEqual(restorePolicy);
  await start('op-cancelled');
  const [, cancelled, absent] = await Promise.all([start('op-running'), plugin.operations.doCancel(await handleFor('op-cancelled'), call), plugin.operations.doReconcile(await handleFor('op-absent'), call)]);
  expect([cancelled, absent.finding]).toEqual(['accepted', 'absent']);
});
test('start, cancellation and fence were kept; the device takes its operation once', async () => {
  expect([await stateOf('op-running'), await stateOf('op-cancelled')]).toEqual(['accepted', 'cancelled']);
  const { operationKey, planDigest, binding: plan } = await startRequestOf(enterIntent(), draft, 'op-absent');
  expect((await admin('POST', '/operations', { operationKey, planDigest, binding: plan, approvals: [], ttlMs: 60_000 })).status).toBe(409);
  await start('op-running');
  await device.hello();
  await device.poll();
  expect(device.effectsOf('op-running')).toBe(1);
});
test('the delivery was kept; its end is reported, a key escrowed, an artifact uploaded', async () => {
  const hello = await device.hello();
  await device.poll();
  expect([device.received.length, await stateOf('op-running')]).toEqual([1, 'running']);
  device.finish('op-running');
  const channel = { fetch: createFetchWithTrust(emm.caCertificatePem), url: emm.url, deviceKey, channelId: hello.channelId };
  const sealed = await sealSecret(new SecretValue('111111-222222-333333'), hello.escrowKey?.publicKey ?? '', escrowContext({ deviceId: binding().id, volumeId: 'c', keyId: 'k1' }));
  const [, escrowed, uploaded] = await Promise.all([
    device.poll(),
    postOnChannel(channel, 30, protocolRoutes.escrow, { volumeId: 'c', keyId: 'k1', escrowKeyId: hello.escrowKey?.keyId, sealedRecoveryKey: sealed }),
    postOnChannel(channel, 31, `${protocolRoutes.artifact}?category=diagnostics&name=bundle`, new Uint8Array(600_000).fill(7)),
  ]);
  expect(escrowed.status).toBe(200);
  ({ artifactId } = uploaded.body as { artifactId: string });
});
test('report, key and artifact were kept; an approver changes trust and a key is revoked', async () => {
  expect([await stateOf('op-running'), device.effectsOf('op-running')]).toEqual(['succeeded', 1]);
  expect(await plugin.recoveryKeys?.doEscrowStatus?.(binding(), call)).toMatchObject({ escrowed: true, volumes: [{ volumeId: 'c', keyId: 'k1' }] });
  expect(Buffer.concat(await collect(plugin.artifacts?.doRead(artifactId, call) ?? [])).equals(Buffer.alloc(600_000, 7))).toBe(true);
  const update = await signTrustUpdate({ kind: 'winre-trust-update/v1', tenantId, sequence: 1, addKeys: [secondApprover.key], removeKeyIds: [] }, approver.signer);
  const replies = await Promise.all([admin('POST', '/trust-updates', update), admin('POST', '/revocations', { keyIds: ['ffffffffffffffffffffffffffffffff'] })]);
  expect(replies.map(({ status }) => status)).toEqual([200, 200]);
});
test('update and revocation were kept; SIGTERM ends streams and leaves cleanly', async () => {
  expect(await admin('GET', '/trust')).toMatchObject({ body: { trustSequence: 1, revokedKeyIds: ['ffffffffffffffffffffffffffffffff'] } });
  const stop = new AbortController();
  const watching = collect(plugin.sessions?.doWatch({}, { ...call, signal: stop.signal }) ?? []).catch(() => undefined);
  expect(await emm.kill('SIGTERM')).toBe(0);
  stop.abort();
  await watching;
  expect(emm.output()).toContain('sample EMM stopped');
});
