import { instantAt, SecretValue, type NetworkProfile } from '@winre-kit/sdk';
import { createManualClock, type ManualClock } from '@winre-kit/testkit';
import { createEscrowOpener, generateEscrowKey, type DeviceRecord, type OperationRecord } from '@winre-kit/winre-agent/gateway';
import { commandSecretContext, sealSecret } from '@winre-kit/winre-agent/protocol';
import { beforeEach, expect, test } from 'vitest';
import { createMdmSettingsStore } from '../store/mdm-settings-store.ts';
import { openDatabase } from '../store/open-database.ts';
import { createSqliteGatewayStore } from '../store/sqlite-gateway-store.ts';
import { carryNetworks, expireCarried, settleNetworks, takeBack, type NetworkCarrier } from './carry-networks.ts';
import { maxNetworks, readDesiredState } from './desired-state.ts';
import { forgetFormerNetworks } from './forget-former-networks.ts';
import type { MdmReport } from './mdm-session.ts';
import { sweepMdm } from './sweep-mdm.ts';

const tenantId = 'contoso';
const digest = '0'.repeat(64);
const ttlMs = 600_000;
const wifiRoot = './Device/Vendor/MSFT/Recovery/NetworkSettings/Wifi';
const wifi = (ssid: string): NetworkProfile => ({ kind: 'wifi-wpa2-psk', ssid, key: { secret: 'site-wifi' }, hidden: false });

let clock: ManualClock;
let carrier: NetworkCarrier;
let device: DeviceRecord;
let announced: string[];

beforeEach(async () => {
  const database = openDatabase(':memory:');
  clock = createManualClock();
  announced = [];
  carrier = {
    store: createSqliteGatewayStore(database), settings: createMdmSettingsStore(database), escrow: await createEscrowOpener(await generateEscrowKey()), clock,
    gateway: { announceOperation: async (_, operationKey) => void announced.push(operationKey) },
  };
  const now = instantAt(clock.now());
  device = {
    revision: 1, deviceId: 'd', tenantId, hardwareId: 'h', displayName: 'pc', platform: 'windows', enrolmentEpoch: 'e', enrolledAt: now, devicePublicKey: 'k', hasAgent: false, stateGeneration: 'g',
    commandSequence: 0, acknowledgedSequence: 0, policies: {}, lastSeenAt: now,
  };
  await carrier.store.commit([{ table: 'devices', record: device }]);
});

/** An operation that waits for the device. */
async function start(operationKey: string, profile: NetworkProfile): Promise<void> {
  const { escrow, store } = carrier;
  const { deviceId, enrolmentEpoch } = device;
  const secret = await sealSecret(new SecretValue(`key of ${operationKey}`), escrow.key.publicKey, commandSecretContext({ operationKey, deviceId, enrolmentEpoch, name: 'site-wifi' }));
  const now = instantAt(clock.now());
  const record: OperationRecord = {
    revision: 1, tenantId, operationKey, operationId: operationKey, deviceId, enrolmentEpoch, effect: 'write', planDigest: digest, approvals: [], deliverBy: instantAt(clock.now() + ttlMs),
    binding: {
      kind: 'winre-plan/v1', pluginId: 'p', requests: [], secretDigests: {}, descriptorHash: digest, lossDigest: null,
      intent: { capability: 'winre.network.configure', tenantId, device: { id: deviceId, enrolmentEpoch }, profile, confirmDisconnect: false, rollBackAfterMs: 60_000 },
    },
    secrets: { 'site-wifi': secret }, submittedAt: now, delivery: 'queued', report: { vendorRef: operationKey, state: 'accepted', rawState: 'queued', observedAt: now, notices: [] }, reportSequence: 0,
  };
  expect(await store.commit([{ table: 'operations', record }])).toBe(true);
}
const operations = (): Promise<readonly OperationRecord[]> => carrier.store.list('operations', { deviceId: 'd' });
const stateOf = async (key: string): Promise<readonly unknown[]> => {
  const found = (await operations()).find(({ operationKey }) => operationKey === key);
  return [found?.delivery, found?.report.state, found?.carriedBy];
};
const ssids = (): readonly (string | undefined)[] => carrier.settings.networksOf('d').map(({ profile }) => ('ssid' in profile ? profile.ssid : undefined));

/** Ends operations by what a session came to, as the endpoint does. */
async function settle(report: Partial<MdmReport>): Promise<void> {
  const desired = readDesiredState(carrier.settings, device);
  const lastSession = { sessionId: 's', startedAt: '', seenAt: '', outcome: 'converged' as const, refusals: [], retries: 0 };
  const carried = await operations();
  const settled = settleNetworks(carried, { drift: [], notExpressed: [], absentRoots: [], judgedFingerprint: desired.fingerprint, lastSession, ...report }, desired, clock.now());
  await carrier.store.commitWith(settled.map((record) => ({ table: 'operations', record })), () => takeBack(carrier.settings, settled, carried));
}

test('a password network that waits becomes part of the desired state; what only an agent can bring stays for it', async () => {
  await start('psk', wifi('depot'));
  await start('sae', { kind: 'wifi-wpa3-sae', ssid: 'office', key: { secret: 'site-wifi' }, hidden: false, transition: false });
  await start('tls', { kind: 'wifi-eap-tls', ssid: 'corp', clientCertificate: { storeName: 'My', thumbprintSha1: '0'.repeat(40) }, serverNames: ['radius'] });
  await start('wired', { kind: 'ethernet-dhcp', interfaceName: 'Ethernet' });
  await carryNetworks(carrier, device);
  expect([await stateOf('psk'), ssids(), announced]).toEqual([['received', 'delivered', 'mdm'], ['depot'], ['psk']]);
  for (const key of ['sae', 'tls', 'wired']) expect([key, await stateOf(key)]).toEqual([key, ['queued', 'accepted', undefined]]);
});

test('a device without room for another network leaves it to the agent, and one whose time is over is not begun', async () => {
  for (let index = 0; index < maxNetworks; index += 1) carrier.settings.putNetwork('d', `own-${index}`, { profile: wifi(`own-${index}`) });
  await start('late', wifi('own-0'));
  await clock.advance(ttlMs);
  await start('new', wifi('depot'));
  await start('known', wifi('own-1'));
  await carryNetworks(carrier, device);
  expect([await stateOf('late'), await stateOf('new'), await stateOf('known')]).toEqual([['queued', 'accepted', undefined], ['queued', 'accepted', undefined], ['received', 'delivered', 'mdm']]);
});

test('a carried operation ends at its time although the device never came, and its network is taken back', async () => {
  await start('depot', wifi('depot'));
  await carryNetworks(carrier, device);
  await clock.advance(ttlMs - 1);
  await expireCarried(carrier);
  expect([await stateOf('depot'), ssids()]).toEqual([['received', 'delivered', 'mdm'], ['depot']]);
  await clock.advance(1);
  await expireCarried(carrier);
  expect([await stateOf('depot'), ssids(), carrier.settings.removedNetworksOf('d')]).toEqual([['closed', 'expired', 'mdm'], [], ['depot']]);
  expect(announced).toEqual(['depot', 'depot']);
});

test('the sweeper ends them while nobody asks, until the server stops', async () => {
  await start('depot', wifi('depot'));
  await carryNetworks(carrier, device);
  const stop = new AbortController();
  let sweeps = 0;
  const sweeping = sweepMdm(carrier, { sweep: () => void (sweeps += 1) }, { log: () => undefined }, stop.signal);
  await clock.whenSleeping(1);
  await clock.advance(ttlMs);
  await clock.whenSleeping(1);
  expect([await stateOf('depot'), sweeps]).toEqual([['closed', 'expired', 'mdm'], 10]);
  stop.abort();
  await sweeping;
});

test('a network that the device will never have fails with the reason and is taken back, unless another operation wants it', async () => {
  await start('depot', wifi('depot'));
  await carryNetworks(carrier, device);
  // A session that was not ended has found nothing out.
  for (const outcome of ['running', 'aborted'] as const) await settle({ lastSession: { sessionId: 's', startedAt: '', seenAt: '', outcome, refusals: [], retries: 0 }, notExpressed: [{ setting: 'networks.0', kind: 'unsupported', reason: 'no words for it' }] });
  expect([await stateOf('depot'), ssids()]).toEqual([['received', 'delivered', 'mdm'], ['depot']]);
  await settle({ notExpressed: [{ setting: 'networks.0', kind: 'unsupported', reason: 'no words for it' }] });
  expect([(await operations())[0]?.report, ssids()]).toEqual([expect.objectContaining({ state: 'failed', message: 'no words for it' }), []]);

  await start('first', wifi('yard'));
  await carryNetworks(carrier, device);
  await clock.advance(ttlMs / 2);
  await start('second', wifi('yard'));
  await carryNetworks(carrier, device);
  await clock.advance(ttlMs / 2);
  await expireCarried(carrier);
  expect([await stateOf('first'), await stateOf('second'), ssids()]).toEqual([['closed', 'expired', 'mdm'], ['received', 'delivered', 'mdm'], ['yard']]);
});

test('reasons that were found for another desired state, or before a device that is busy or has left, end nothing', async () => {
  await start('depot', wifi('depot'));
  await carryNetworks(carrier, device);
  const lastSession = { sessionId: 's', startedAt: '', seenAt: '', refusals: [], retries: 0 };
  const notExpressed = [{ setting: 'networks.0.profile.kind', kind: 'unsupported' as const, reason: 'WPA3' }];
  await settle({ notExpressed, judgedFingerprint: 'another' });
  await settle({ absentRoots: [wifiRoot], judgedFingerprint: 'another' });
  for (const outcome of ['busy', 'unenrolled'] as const) await settle({ notExpressed, absentRoots: [wifiRoot], lastSession: { ...lastSession, outcome } });
  expect([await stateOf('depot'), ssids()]).toEqual([['received', 'delivered', 'mdm'], ['depot']]);
  await settle({ notExpressed });
  expect([await stateOf('depot'), ssids()]).toEqual([['closed', 'failed', 'mdm'], []]);
});

test('that a build has no Wi-Fi nodes ends them; that it lacks another group, or that another provider is spoken to, does not', async () => {
  await start('depot', wifi('depot'));
  await carryNetworks(carrier, device);
  await settle({ dialect: 'recovery', absentRoots: ['./Device/Vendor/MSFT/Recovery/QuickMachineRecovery'] });
  await settle({ dialect: 'remote-remediation', absentRoots: [wifiRoot] });
  expect(await stateOf('depot')).toEqual(['received', 'delivered', 'mdm']);
  await settle({ dialect: 'recovery', absentRoots: [wifiRoot] });
  expect(await stateOf('depot')).toEqual(['closed', 'failed', 'mdm']);
});

test('a network that is written, though not in all it says, goes on; when it is there the operation says what was lost', async () => {
  await start('depot', wifi('depot'));
  await carryNetworks(carrier, device);
  const notExpressed = [{ setting: 'networks.0.profile.hidden', kind: 'unsupported' as const, reason: 'nothing for hidden ones' }];
  await settle({ notExpressed, lastSession: { sessionId: 's', startedAt: '', seenAt: '', outcome: 'waiting', refusals: [], retries: 0 } });
  expect([await stateOf('depot'), ssids()]).toEqual([['received', 'delivered', 'mdm'], ['depot']]);
  const actual = { dialect: 'remote-remediation' as const, remediation: {}, restore: {}, networks: [{ ssid: 'depot', uri: './depot' }], unknown: [], stillToRead: [], nodes: [] };
  await settle({ actual, notExpressed, appliedFingerprint: readDesiredState(carrier.settings, device).fingerprint, observedAt: instantAt(clock.now()) });
  expect((await operations())[0]?.report).toMatchObject({ state: 'succeeded', message: expect.stringContaining('nothing for hidden ones') });
});

test('a network of a former enrolment is taken back unless it was brought, and one that was set by hand stays', async () => {
  carrier.settings.putNetwork('d', 'by-hand', { profile: wifi('by-hand') });
  await start('depot', wifi('depot'));
  await carryNetworks(carrier, device);
  await forgetFormerNetworks(carrier, device);
  expect(ssids()).toEqual(['by-hand', 'depot']);
  await forgetFormerNetworks(carrier, { ...device, enrolmentEpoch: 'another' });
  expect([ssids(), carrier.settings.removedNetworksOf('d')]).toEqual([['by-hand'], ['depot']]);

  await start('yard', wifi('yard'));
  await carryNetworks(carrier, device);
  const brought = (await operations()).find(({ operationKey }) => operationKey === 'yard');
  if (!brought) throw new TypeError('no operation');
  await carrier.store.commit([{ table: 'operations', record: { ...brought, revision: brought.revision + 1, delivery: 'closed', report: { ...brought.report, state: 'succeeded' } } }]);
  await forgetFormerNetworks(carrier, { ...device, enrolmentEpoch: 'another' });
  expect(ssids()).toEqual(['by-hand', 'yard']);
});

test('a network counts as brought when the device lists it and everything was written, not before', async () => {
  await start('depot', wifi('depot'));
  await carryNetworks(carrier, device);
  const { fingerprint } = readDesiredState(carrier.settings, device);
  const actual = { dialect: 'recovery' as const, remediation: {}, restore: {}, networks: [{ ssid: 'depot', uri: './depot' }], unknown: [], stillToRead: [], nodes: [] };
  await settle({ actual, appliedFingerprint: 'another' });
  await settle({ actual: { ...actual, networks: [] }, appliedFingerprint: fingerprint });
  expect(await stateOf('depot')).toEqual(['received', 'delivered', 'mdm']);
  await settle({ actual, appliedFingerprint: fingerprint, observedAt: instantAt(clock.now()) });
  expect([await stateOf('depot'), ssids()]).toEqual([['closed', 'succeeded', 'mdm'], ['depot']]);
});
