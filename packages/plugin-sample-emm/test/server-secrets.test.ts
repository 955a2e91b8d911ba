import { generateSigningKey, SecretValue, type IntentOf, type PluginInstance, type SigningKeyPair } from '@winre-kit/sdk';
import { createCanarySecrets, type CanarySecrets, type FakeWinreDevice, type MockHost } from '@winre-kit/testkit';
import { continuityTokenSecret, escrowContext, protocolRoutes, recoveryKeySecret, sealSecret, type OperationCommand } from '@winre-kit/winre-agent/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bindingOf, call, collect, handleOf, startRequestOf, startWorld, tenantId, type EmmWorld } from './emm-world.ts';
import { postOnChannel } from './post-on-channel.ts';

const offering = { id: 'o1', release: 'r', language: 'en-US', edition: 'e', mediaSource: { kind: 'share' as const, location: 's' } };
let world: EmmWorld;
let canaries: CanarySecrets;
let deviceKey: SigningKeyPair;
let device: FakeWinreDevice;
let plugin: PluginInstance;
let host: MockHost;
const thrown: unknown[] = [];

beforeAll(async () => {
  canaries = createCanarySecrets('sample-emm');
  world = await startWorld();
  canaries.plant('administrator token', world.adminToken);
  await world.admin('PUT', '/rebuild-offerings', { offerings: [offering] });
  deviceKey = await generateSigningKey();
  device = await world.addDevice('hardware-secrets', { deviceKey });
  ({ plugin, host } = await world.openPlugin({ secrets: { 'site-wifi': canaries.secret('wifi', 'passphrase') } }));
});
afterAll(() => world[Symbol.asyncDispose]());

const target = (): { tenantId: string; device: { id: string; enrolmentEpoch: string } } => ({ tenantId, device: bindingOf(device) });
const commandOf = (operationKey: string): OperationCommand => {
  const command = device.received.find((received) => received.kind === 'operation' && received.operationKey === operationKey);
  if (command?.kind !== 'operation') throw new TypeError(`no command ${operationKey}`);
  return command;
};
const required = <Value>(value: Value | undefined): Value => {
  if (value === undefined) throw new TypeError('missing');
  return value;
};

test('a Wi-Fi key is stored sealed, survives a new channel, and opens on the device only', async () => {
  await device.hello();
  const intent: IntentOf<'winre.network.configure'> = { capability: 'winre.network.configure', ...target(), profile: { kind: 'wifi-wpa2-psk', ssid: 'site', key: { secret: 'site-wifi' }, hidden: false }, confirmDisconnect: true, rollBackAfterMs: 60_000 };
  const network = required(plugin.network);
  const asking = network.doPlan(intent, call);
  while (!(await device.poll())?.commands.length);
  const plan = await asking;
  expect(canaries.findLeaks(plan)).toEqual([]);
  expect(plan.requests[0]?.body).toMatchObject({ secrets: { 'site-wifi': '«secret:site-wifi»' } });
  const request = await startRequestOf(intent, plan, 'wifi-1');
  await network.doStart(request, call);
  // The channel of the start is gone when the device fetches the command: the key is sealed to the channel that fetches.
  device.reboot();
  await device.hello();
  await device.poll();
  expect((await device.openSecret(commandOf('wifi-1'), 'site-wifi')).reveal()).toBe(canaries.secret('wifi', 'passphrase'));
  expect(canaries.findLeaks(await collect(plugin.operations.doList({}, call)))).toEqual([]);
});

test('a start without the value of its key, and one whose error quotes it, tell nobody the key', async () => {
  const intent: IntentOf<'winre.network.configure'> = { capability: 'winre.network.configure', ...target(), profile: { kind: 'wifi-wpa2-psk', ssid: 'site', key: { secret: 'site-wifi' }, hidden: false }, confirmDisconnect: true, rollBackAfterMs: 60_000 };
  const request = await startRequestOf(intent, { prechecks: [], blastRadius: { devices: 1, description: 'x' }, requests: [{ method: 'POST', url: 'https://emm.example' }] }, 'wifi-2');
  const { operationKey, planDigest, binding } = request;
  expect(await world.admin('POST', '/operations', { operationKey, planDigest, binding, approvals: [], ttlMs: 60_000 })).toMatchObject({ status: 400, body: { error: { fieldPath: 'secrets.site-wifi' } } });
  const { plugin: echoed, host: echoHost } = await world.openPlugin({
    secrets: { 'site-wifi': canaries.secret('wifi', 'passphrase') },
    fetch: (url, init) => (init?.method === 'POST' && String(url).endsWith('/operations') ? Promise.resolve(Response.json({ error: { code: 'invalid-argument', message: `cannot parse ${JSON.stringify(init.body)}` } }, { status: 400 })) : world.fetch(url, init)),
  });
  const error: unknown = await required(echoed.network).doStart(request, call).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'invalid-argument' });
  thrown.push(error);
  expect(echoHost.secrets.openLeases).toBeLessThanOrEqual(1);
});

test('a recovery key leaves the escrow only inside an approved release, sealed to the session, once', async () => {
  const { channelId, escrowKey } = await device.hello();
  const { id } = bindingOf(device);
  const key = canaries.secret('recovery', 'recovery-key');
  const sealedRecoveryKey = await sealSecret(new SecretValue(key), escrowKey?.publicKey ?? '', escrowContext({ deviceId: id, volumeId: 'c', keyId: 'k1' }));
  const escrowed = await postOnChannel({ fetch: world.fetch, url: world.emm.url, deviceKey, channelId }, 40, protocolRoutes.escrow, { volumeId: 'c', keyId: 'k1', escrowKeyId: escrowKey?.keyId, sealedRecoveryKey });
  expect(escrowed.status).toBe(200);
  const release = required(plugin.recoveryKeys?.release);
  const intent: IntentOf<'winre.keys.release'> = { capability: 'winre.keys.release', ...target(), sessionId: device.sessionId ?? '', volumeId: 'c' };
  const plan = await release.doPlan(intent, call);
  expect(plan.prechecks.map(({ id: precheck, state }) => `${precheck} ${state}`)).toEqual(['session-live met', 'recovery-key-escrowed met']);
  await expect(release.doStart(await startRequestOf(intent, plan, 'release-0'), call)).rejects.toMatchObject({ code: 'approval-required' });
  const request = await startRequestOf(intent, plan, 'release-1', [world.approver]);
  await release.doStart(request, call);
  await device.poll();
  expect((await device.openSecret(commandOf('release-1'), recoveryKeySecret)).reveal()).toBe(key);
  await device.poll();
  await release.doStart(request, call);
  await device.poll();
  expect([device.effectsOf('release-1'), device.received.filter((command) => command.kind === 'operation' && command.operationKey === 'release-1').length]).toEqual([1, 1]);
  const absent = { ...intent, volumeId: 'd' };
  await expect(release.doStart(await startRequestOf(absent, plan, 'release-2', [world.approver]), call)).rejects.toMatchObject({ code: 'failed-precondition' });
});

test('a rebuilt device enrols again with its continuity token, and that is the evidence', async () => {
  const intent: IntentOf<'winre.rebuild.trigger'> = { capability: 'winre.rebuild.trigger', ...target(), offeringId: 'o1', attestations: [] };
  const request = await startRequestOf(intent, { prechecks: [], blastRadius: { devices: 1, description: 'x' }, requests: [{ method: 'POST', url: 'https://emm.example', body: { offering } }] }, 'rebuild-1', [world.approver]);
  await required(plugin.rebuild).doStart(request, call);
  const handle = await handleOf(request);
  await device.hello();
  await device.poll();
  const token = await device.openSecret(commandOf('rebuild-1'), continuityTokenSecret);
  canaries.plant('continuity token', token.reveal());
  await device.enrol(token.reveal(), 'continuity');
  const report = await plugin.operations.doGet(handle, call);
  expect(['succeeded', 'verifying']).toContain(report.state);
  await expect(device.enrol(token.reveal().replace(/^./, (first) => (first === '0' ? '1' : '0')), 'continuity')).rejects.toMatchObject({ code: 'unauthenticated' });
});

test('no secret is in the database, its log, server log, errors, audit or host log', async () => {
  const leaks = (await canaries.scanFolder(world.folder)).filter(({ where }) => !where.endsWith('administrator-token.contoso'));
  expect(leaks).toEqual([]);
  expect(canaries.findLeaks(world.logs)).toEqual([]);
  expect(canaries.findLeaks(thrown)).toEqual([]);
  expect(canaries.findLeaks((await world.admin('GET', '/audit?pageSize=500')).body)).toEqual([]);
  expect(canaries.findLeaks([host.logs, host.auditNotes, host.storage])).toEqual([]);
  expect(thrown).toHaveLength(1);
});
