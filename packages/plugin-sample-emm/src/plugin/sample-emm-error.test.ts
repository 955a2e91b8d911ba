import { RecoveryError, SecretValue } from '@winre-kit/sdk';
import { expect, test } from 'vitest';
import { codeOfRefusal, explainRefusal, refusalOf } from './sample-emm-error.ts';

const refusal = { code: 'permission-denied', message: 'lacks devices.read', fieldPath: 'x', facts: { permission: 'devices.read' } };

test('only the form of the EMM is a refusal of the EMM', () => {
  expect(refusalOf({ error: { ...refusal, later: 1 } })?.code).toBe('permission-denied');
  expect([refusalOf(undefined), refusalOf('<html>'), refusalOf({ error: 'no' }), refusalOf({ error: { code: 'x' } })]).toEqual([undefined, undefined, undefined, undefined]);
});

test('behind a 500 the EMM may have acted, unless it says that nothing was done', () => {
  expect(codeOfRefusal(403, refusal)).toBe('permission-denied');
  expect(codeOfRefusal(500, { code: 'internal', message: 'm' })).toBeUndefined();
  expect(codeOfRefusal(503, { code: 'unavailable', message: 'm' })).toBe('unavailable');
  expect(codeOfRefusal(400, { code: 'a-new-code', message: 'm' })).toBeUndefined();
});

test('the reason of the EMM is added to its own error only, and never with the token', () => {
  const error = new RecoveryError('permission-denied', 'listing devices: answered 403', { retryAfterMs: 5, vendor: { status: 403 }, facts: { outcome: 'refused' } });
  expect(explainRefusal(error, refusal, undefined)).toMatchObject({ message: 'listing devices: answered 403: lacks devices.read', fieldPath: 'x', retryAfterMs: 5, vendor: { status: 403 }, facts: { outcome: 'refused', permission: 'devices.read' } });
  expect(explainRefusal(error, { ...refusal, facts: { echoed: 'my-token' } }, new SecretValue('my-token'))).toBe(error);
  expect(explainRefusal(error, { ...refusal, code: 'not-found' }, undefined)).toBe(error);
  const abort = new DOMException('stop', 'AbortError');
  expect(explainRefusal(abort, refusal, undefined)).toBe(abort);
});
