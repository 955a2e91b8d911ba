import type { NetworkProfile, NetworkStatus, RecoverySession } from '@winre-kit/sdk';
import { expect, test } from 'vitest';
import { judgeDisconnect } from './disconnect-confirmed.ts';
import { judgeInterpreter } from './interpreter-supported.ts';
import { judgeNetworkKind } from './network-kind-supported.ts';
import { judgeNetworkUp } from './network-up.ts';
import { judgePayloadSize } from './payload-size.ts';

const now = '2026-11-22T03:00:00.000Z';
const session: RecoverySession = { sessionId: 's', device: { id: 'd', enrolmentEpoch: 'e' }, source: 'agent', confidence: 'confirmed', bootReason: 'unknown', startedAt: now, lastSeenAt: now, heartbeatEveryMs: 1_000 };
const able = { session: { ...session, abilities: { interpreters: ['cmd' as const], networkKinds: ['proxy' as const], maxScriptBytes: 10 } }, observedAt: now };
const silent = { session, observedAt: now };

test('the device says which interpreters it has; without its word nobody knows', () => {
  expect([judgeInterpreter(able, 'cmd').state, judgeInterpreter(able, 'powershell').state, judgeInterpreter(silent, 'cmd').state]).toEqual(['met', 'unmet', 'unknown']);
});

test('the device says which networks it can; without its word stock WinRE counts', () => {
  expect([judgeNetworkKind(able, 'proxy').state, judgeNetworkKind(able, 'ethernet-dhcp').state]).toEqual(['met', 'unmet']);
  expect([judgeNetworkKind(silent, 'wifi-wpa2-psk').state, judgeNetworkKind(silent, 'wifi-eap-tls').state]).toEqual(['met', 'unmet']);
});

const wired: NetworkProfile = { kind: 'ethernet-dhcp', interfaceName: 'Ethernet' };
const on = (interfaceName: string): NetworkStatus => ({ connected: true, interfaceName, addresses: [] });
test.each([
  ['the word of the requester', wired, on('Ethernet'), true, 'met'],
  ['the connected interface', wired, on('Ethernet'), false, 'unmet'],
  ['another interface', wired, on('Wi-Fi'), false, 'met'],
  ['no connection at all', wired, { connected: false, addresses: [] }, false, 'met'],
  ['an unknown connection', wired, undefined, false, 'unmet'],
  ['a connection over an unnamed interface', wired, { connected: true, addresses: [] }, false, 'unmet'],
  ['a proxy, which is under every interface', { kind: 'proxy', url: 'http://p.example', bypass: [] }, on('Ethernet'), false, 'unmet'],
] as const)('disconnect-confirmed: %s', (_name, profile, current, confirmed, state) => {
  expect(judgeDisconnect(profile as NetworkProfile, current as NetworkStatus | undefined, confirmed, now).state).toBe(state);
});

test('the network of a rebuild is judged with what has to be downloaded', () => {
  const offering = { id: 'o', release: 'r', language: 'en', edition: 'e', mediaSource: { kind: 'share' as const, location: 'l', downloadBytes: 7 } };
  expect(judgeNetworkUp({ seen: on('Ethernet') }, offering, now)).toMatchObject({ state: 'met', evidence: 'connected, 7 bytes to download' });
  expect(judgeNetworkUp({ seen: { connected: false, addresses: [] } }, offering, now).state).toBe('unmet');
  expect(judgeNetworkUp({ reason: 'silent' }, offering, now)).toMatchObject({ state: 'unknown', evidence: 'silent' });
});

test('a payload is held against the limit of the device, or of the EMM', () => {
  expect([judgePayloadSize(10, 10, now).state, judgePayloadSize(11, 10, now).state, judgePayloadSize(1_048_577, undefined, now).state]).toEqual(['met', 'unmet', 'unmet']);
});
