import { createHash } from 'node:crypto';
import { SecretValue, type IntentOf } from '@winre-kit/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { approve, openAgentBench, outcomeOf, type AgentBench } from './agent-bench.ts';
import { tenantId } from './gateway-bench.ts';
import { deviceInRecovery, type DeviceInRecovery } from './test-agent.ts';

const wifiKey = 'canary-wifi-key-31b7';
let bench: AgentBench;
let recovering: DeviceInRecovery;
beforeAll(async () => {
  bench = await openAgentBench();
  const networks = [{ kind: 'ethernet-dhcp' }, { kind: 'wifi-wpa2-psk', ssid: 'depot', keySha256: createHash('sha256').update(wifiKey).digest('hex') }];
  recovering = await deviceInRecovery(bench, 'laptop', { platform: { networks } });
});
afterAll(async () => {
  await recovering[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

const signal = AbortSignal.timeout(60_000);
const toDepot = (change: Partial<IntentOf<'winre.network.configure'>> = {}): IntentOf<'winre.network.configure'> => ({
  capability: 'winre.network.configure', tenantId, device: recovering.device, profile: { kind: 'wifi-wpa2-psk', ssid: 'depot', key: { secret: 'depot-wifi' }, hidden: false },
  confirmDisconnect: true, rollBackAfterMs: 1_000, ...change,
});

test('a change that would cut the session needs to be confirmed', async () => {
  await bench.gateway.submitOperation({ ...(await approve(bench, 'network-1', toDepot({ confirmDisconnect: false }))), secrets: { 'depot-wifi': new SecretValue(wifiKey) } });
  expect(await outcomeOf(bench, 'network-1')).toMatchObject({ state: 'failed', deviceCode: 'failed-precondition' });
});

test('a wrong key leaves the device without a network, and it comes back by itself', async () => {
  await bench.gateway.submitOperation({ ...(await approve(bench, 'network-2', toDepot())), secrets: { 'depot-wifi': new SecretValue('another-key') } });
  expect(await outcomeOf(bench, 'network-2')).toMatchObject({ state: 'failed', rawState: 'rolled-back', deviceCode: 'device-unreachable' });
  expect(await bench.gateway.query(recovering.device.id, { kind: 'network-status' }, { signal })).toMatchObject({ connected: true, kind: 'ethernet-dhcp' });
});

test('the right key is joined through a cut of every connection, in the same session', async () => {
  await bench.gateway.submitOperation({ ...(await approve(bench, 'network-3', toDepot())), secrets: { 'depot-wifi': new SecretValue(wifiKey) } });
  expect(await outcomeOf(bench, 'network-3')).toMatchObject({ state: 'succeeded', evidence: { kind: 'gateway-reached', detail: { kind: 'wifi-wpa2-psk', ssid: 'depot' } } });
  expect(await bench.gateway.query(recovering.device.id, { kind: 'network-status' }, { signal })).toMatchObject({ connected: true, ssid: 'depot' });
  const open = [];
  for await (const session of bench.gateway.sessions.list({ signal, correlationId: 'test' })) open.push(session.sessionId);
  expect(open).toEqual([recovering.session.sessionId]);
});

test('a network that WinRE does not have is refused with the ones it has', async () => {
  await bench.gateway.submitOperation(await approve(bench, 'network-4', toDepot({ profile: { kind: 'proxy', url: 'http://proxy.example', bypass: [] } })));
  expect(await outcomeOf(bench, 'network-4')).toMatchObject({ state: 'failed', deviceCode: 'unsupported', message: expect.stringContaining('wifi-wpa2-psk') });
});

test('the key is nowhere on the wire and in no log', () => {
  expect([...bench.wire, ...bench.logged, ...recovering.logged].join('\n')).not.toContain('canary');
});
