import { expect, test } from 'vitest';
import { describeHresult } from './hresult.table.ts';
import { judgeWipe, readRedeployment } from './judge-wipe.ts';
import { meaningsOfPasswordEncryption } from './password-encryption-codes.table.ts';
import { parseWindowsBuild } from './windows-build.ts';

test('a cloud wipe needs 22H2, a protected one does not', () => {
  const build = parseWindowsBuild('10.0.19045.5000');
  expect(judgeWipe('doWipeProtected', build, 'pro')).toMatchObject({ isAllowed: true, uri: './Device/Vendor/MSFT/RemoteWipe/doWipeProtected' });
  expect(judgeWipe('doWipeCloud', build, 'pro')).toEqual({ isAllowed: false, reason: 'doWipeCloud came with build 10.0.22621; this one is 19045.5000' });
  expect(judgeWipe('doWipeCloud', parseWindowsBuild('10.0.22621'), 'pro').isAllowed).toBe(true);
  expect(judgeWipe('AutomaticRedeployment/doAutomaticRedeployment', build, 'enterprise')).toMatchObject({ uri: './Device/Vendor/MSFT/RemoteWipe/AutomaticRedeployment/doAutomaticRedeployment' });
});

test.each(['home', 'other'] as const)('edition %s is refused: no text lists it', (edition) => {
  expect(judgeWipe('doWipe', parseWindowsBuild('26100.1'), edition)).toMatchObject({ isAllowed: false, reason: expect.stringContaining(edition) });
});

test.each([[0, 'never-run'], [1, 'complete'], [10, 'pending'], [20, 'pending'], [30, 'failed'], [40, 'failed'], [50, 'failed'], [60, 'unknown']] as const)('status %i is %s', (status, state) => {
  expect(readRedeployment(status)).toMatchObject({ state });
});

test('the last error is explained, whether its sign was lost or not', () => {
  expect(readRedeployment(30, 0).lastError).toBeUndefined();
  expect(readRedeployment(30, -2147024846).lastError).toMatchObject({ hex: '0x80070032', name: 'ERROR_NOT_SUPPORTED', isFailure: true, advice: expect.stringContaining('reagentc /enable') });
  expect(describeHresult(0x80070032)).toEqual(describeHresult(-2147024846));
});

test('an unknown number is taken apart, not guessed', () => {
  expect(describeHresult(0x8007045b)).toMatchObject({ hex: '0x8007045B', isFailure: true, meaning: 'Win32 error 1115, of which the table knows nothing' });
  expect(describeHresult(0x80240017)).toMatchObject({ meaning: 'code 23 of facility 36, of which the table knows nothing' });
  expect(describeHresult(1)).toMatchObject({ hex: '0x00000001', isFailure: false });
});

test('code 1 of a password means two things, and 0 and 3 one each', () => {
  expect(meaningsOfPasswordEncryption(1)).toEqual([{ codebook: 'ddf-2025-06-30', encryption: 'none' }, { codebook: 'how-to-2025-06-02', encryption: 'mdm-certificate' }]);
  expect([0, 2, 3, 4].map((code) => meaningsOfPasswordEncryption(code).length)).toEqual([1, 2, 1, 0]);
});
