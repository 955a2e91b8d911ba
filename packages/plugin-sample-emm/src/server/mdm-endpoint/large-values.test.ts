import { SecretValue } from '@winre-kit/sdk';
import { encodeSyncMl, type SyncMlCommand, type SyncMlItem } from '@winre-kit/sdk/windows';
import { expect, test } from 'vitest';
import { facts, fresh, hold, last, remediation, requestsIn, type Say } from '../../../test/planned-session.ts';
import type { MdmTurn } from './mdm-turn.ts';

// Every sign of it takes five in XML, and nine inside SyncML.
const ssid = '&'.repeat(32);
const network = { profile: { kind: 'wifi-wpa2-psk' as const, ssid, key: { secret: 'wifi' }, hidden: false }, key: new SecretValue('&'.repeat(63)) };
const maxMessageBytes = 1_536;

/** A device that buffers chunks. */
const buffering = (otherwise: (...asked: Parameters<Say>) => ReturnType<Say> | undefined = () => undefined): Say => fresh((command, uri) => otherwise(command, uri) ?? (itemOf(command)?.hasMoreData ? 213 : undefined));
const itemOf = (command: SyncMlCommand): SyncMlItem | undefined => ('items' in command ? command.items[0] : undefined);
const chunksIn = (turns: readonly MdmTurn[]): readonly SyncMlItem[] => turns.flatMap(requestsIn).flatMap((command) => (command.name === 'Add' ? command.items : []));

test('a value longer than a message leaves in chunks, also when the server starts again between them', () => {
  const turns = hold(buffering(), { desired: { networks: [network] } }, { maxMessageBytes });
  const whole = chunksIn(hold(buffering(), { desired: { networks: [network] } }));
  const chunks = chunksIn(turns);
  expect([whole.length, chunks.length > 2]).toEqual([1, true]);
  expect(chunks.map(({ data }) => data).join('')).toBe(whole[0]?.data);
  expect(chunks.map(({ hasMoreData = false }) => hasMoreData)).toEqual(chunks.map((_, index) => index < chunks.length - 1));
  expect(chunks.map(({ meta }) => meta?.sizeBytes)).toEqual(chunks.map((_, index) => (index === 0 ? Buffer.byteLength(whole[0]?.data ?? '') : undefined)));
  for (const { reply } of turns) expect(encodeSyncMl(reply).length).toBeLessThanOrEqual(maxMessageBytes);
  // A chunk is the end of its message, and its message is not the end of the package.
  for (const { reply } of turns) expect(reply.isFinal || reply.commands.at(-1)?.name === 'Add' || !reply.commands.some((command) => itemOf(command)?.hasMoreData)).toBe(true);
  // Whoever asks for the next message has said all: it is not asked for more.
  expect(turns.flatMap(requestsIn).map(({ name }) => name)).not.toContain('Alert');
  expect(last(turns).report.appliedFingerprint).toBe('f1');
  const ofNetwork = turns.flatMap(({ effects }) => effects).flatMap((effect) => (effect.kind === 'sent' || effect.kind === 'answered' ? [effect.kind] : []));
  expect(ofNetwork).toEqual(['sent', 'answered']);
});

test('of a value that the device refuses in the middle, or of which another was wanted meanwhile, nothing more is sent in this session', () => {
  const refusing = hold(buffering((command) => (command.name === 'Add' && itemOf(command)?.hasMoreData && itemOf(command)?.meta?.sizeBytes === undefined ? 413 : undefined)), { desired: { networks: [network] } }, { maxMessageBytes });
  expect(chunksIn(refusing)).toHaveLength(2);
  expect(last(refusing).report).toMatchObject({ lastSession: { outcome: 'drifting', refusals: [{ name: 'Add', status: 413 }] } });
  expect(last(refusing).report.appliedFingerprint).toBeUndefined();

  const begun = chunksIn(hold(buffering(), { desired: { networks: [network] } }, { maxMessageBytes }));
  const firstAt = hold(buffering(), { desired: { networks: [network] } }, { maxMessageBytes }).findIndex((turn) => chunksIn([turn]).length > 0) + 1;
  const other = { ...network, key: new SecretValue('<'.repeat(63)) };
  const changed = hold(buffering(), (messageId) => ({ desired: { networks: [messageId > firstAt ? other : network] }, fingerprint: messageId > firstAt ? 'f2' : 'f1' }), { maxMessageBytes });
  expect(chunksIn(changed)).toEqual(begun.slice(0, 1));
  expect(last(changed).report.appliedFingerprint).toBeUndefined();
  // A device that takes a chunk for the whole has something else than what it should.
  const hasty = hold(fresh(() => undefined), { desired: { networks: [network] } }, { maxMessageBytes });
  expect([chunksIn(hasty).length, last(hasty).report.appliedFingerprint]).toEqual([1, undefined]);
});

test('an Atomic goes out whole or not at all: one that no message has room for is named, and the rest of the session goes on', () => {
  const older = (command: SyncMlCommand, uri: string): number | { readonly value: string } | undefined => {
    if (uri.endsWith('SwV')) return { value: '10.0.26100.4700' };
    return command.name === 'Get' ? (uri.endsWith('MSFT/RemoteRemediation') ? 200 : 404) : undefined;
  };
  const exec = { execKey: 'e1', uri: './Vendor/MSFT/DMClient/Unenroll', requestedBy: 'ann', requestedAt: facts.now, state: 'queued' as const };
  const turns = hold(fresh(older), { desired: { remediation, networks: [network] }, execs: [exec] }, { maxMessageBytes });
  const names = turns.flatMap(requestsIn).map(({ name }) => name);
  expect([names.includes('Atomic'), names.includes('Exec')]).toEqual([false, true]);
  const { appliedFingerprint, lastSession } = turns.at(-2)?.report ?? {};
  expect([appliedFingerprint, lastSession?.outcome]).toEqual([undefined, 'drifting']);
  expect(lastSession?.refusals).toEqual([{ name: 'Atomic', uri: expect.stringContaining('RemoteRemediation/CloudRemediationSettings'), status: 413 }]);
  expect(hold(fresh(older), { desired: { remediation, networks: [network] } }).flatMap(requestsIn).map(({ name }) => name)).toContain('Atomic');
});
