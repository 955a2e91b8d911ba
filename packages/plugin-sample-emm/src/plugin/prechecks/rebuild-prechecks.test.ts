import { RecoveryError, type RestorePoint } from '@winre-kit/sdk';
import { expect, test } from 'vitest';
import { judgeBackupRecent } from './backup-recent.ts';
import { judgeEnrolmentAvailable } from './enrolment-available.ts';
import { judgeMedia } from './media-available.ts';
import { judgePayloadTrusted } from './payload-trusted.ts';
import { judgeKeyEscrowed } from './recovery-key-escrowed.ts';
import { judgeRestorePoint } from './restore-point-intact.ts';

const now = '2026-11-22T03:00:00.000Z';
const attested = (at: string): { precheck: string; statement: string; by: string; at: string } => ({ precheck: 'backup-recent', statement: 'copied', by: 'ann', at });

test('a backup is recent by the latest attestation of the last 24 hours', () => {
  expect(judgeBackupRecent([], now).state).toBe('unknown');
  expect(judgeBackupRecent([{ ...attested(now), precheck: 'another' }], now).state).toBe('unknown');
  expect(judgeBackupRecent([attested('2026-11-21T02:59:59.999Z')], now).state).toBe('unmet');
  expect(judgeBackupRecent([attested('2026-11-20T03:00:00.000Z'), attested('2026-11-21T03:00:00.000Z')], now)).toMatchObject({ state: 'met', observedAt: '2026-11-21T03:00:00.000Z', evidence: 'ann attested: copied' });
});

test('the key of the wanted volume must be there, unless nothing is encrypted', () => {
  const status = { escrowed: true, observedAt: now, volumes: [{ volumeId: 'c', keyId: 'k', escrowedAt: now }] };
  const none = { escrowed: false, observedAt: now, volumes: [] };
  expect([judgeKeyEscrowed(status, { volumeId: 'c' }), judgeKeyEscrowed(status, { volumeId: 'd' }), judgeKeyEscrowed(status, {}), judgeKeyEscrowed(none, { encrypted: 'unknown' }), judgeKeyEscrowed(none, { encrypted: 'no' })].map(({ state }) => state))
    .toEqual(['met', 'unmet', 'met', 'unmet', 'met']);
});

test('only a restore point that was read back is met', () => {
  const stateOf = (state: RestorePoint['state']): string => judgeRestorePoint('p', { seen: { id: 'p', takenAt: now, trigger: 'schedule', state } }, now).state;
  expect([stateOf('intact'), stateOf('damaged'), stateOf('unverified'), judgeRestorePoint('p', { reason: 'x' }, now).state]).toEqual(['met', 'unmet', 'unknown', 'unknown']);
});

test('media are met when they are reachable and intact, and nothing less', () => {
  const stateOf = (reachable: 'yes' | 'no' | 'unknown', intact: 'yes' | 'no' | 'unknown'): string => judgeMedia({ seen: { reachable, intact } }, now).state;
  expect([stateOf('yes', 'yes'), stateOf('yes', 'unknown'), stateOf('unknown', 'no'), stateOf('no', 'unknown'), judgeMedia({ reason: 'x' }, now).state]).toEqual(['met', 'unknown', 'unmet', 'unmet', 'unknown']);
});

test('enrolment is as the EMM says', () => {
  expect([true, false].map((available) => judgeEnrolmentAvailable({ available, detail: 'd', observedAt: now }).state)).toEqual(['met', 'unmet']);
});

test('a refused signature is unmet with the reason; any other failure is passed on', async () => {
  expect((await judgePayloadTrusted(() => Promise.resolve(), now)).state).toBe('met');
  expect(await judgePayloadTrusted(() => Promise.reject(new RecoveryError('untrusted-payload', 'altered')), now)).toMatchObject({ state: 'unmet', evidence: 'altered' });
  await expect(judgePayloadTrusted(() => Promise.reject(new RecoveryError('unavailable', 'down')), now)).rejects.toMatchObject({ code: 'unavailable' });
});
