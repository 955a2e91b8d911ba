import { RecoveryError } from '@winre-kit/sdk';
import { expect, test } from 'vitest';
import { codeOfGraphRefusal, explainGraphError, graphRefusalOf } from './graph-refusal.ts';

const requestId = '0f8e1c5a-1111-4222-8333-444455556666';
const body = { error: { code: 'BadRequest', message: 'no', innerError: { code: 'outerInner', 'request-id': requestId, innererror: { code: 'ApprovalRequired' } } } };

test('codes are read from the inside out, with either spelling, and the request id from wherever it stands', () => {
  expect(graphRefusalOf(body)).toEqual({ codes: ['ApprovalRequired', 'outerInner', 'BadRequest'], message: 'no', requestId });
  expect(graphRefusalOf({ error: { code: 'Forbidden', innererror: { 'request-id': 'not a guid' } } })).toEqual({ codes: ['Forbidden'], message: '', requestId: undefined });
});

test('what is not the form of Graph is no refusal of Graph', () => {
  for (const reply of [undefined, null, '<html>', { error: 'no' }, { code: 'x' }, [], { error: null }]) expect(graphRefusalOf(reply)).toBeUndefined();
  let endless: Record<string, unknown> = { code: 'deep' };
  for (let depth = 0; depth < 1_000; depth += 1) endless = { code: 'c', innerError: endless };
  expect(graphRefusalOf({ error: endless })?.codes.length).toBeLessThan(12);
});

test("Intune's JSON within the message gives its words, cut and on one line", () => {
  const message = JSON.stringify({ _version: 3, Message: `An error\n has occurred ${'x'.repeat(400)}`, CustomApiErrorPhrase: '' });
  const words = graphRefusalOf({ error: { code: 'InternalServerError', message } })?.message ?? '';
  expect([words.startsWith('An error has occurred xxx'), words.length]).toEqual([true, 300]);
  expect(graphRefusalOf({ error: { code: 'x', message: '{broken' } })?.message).toBe('{broken');
});

test.each([
  [404, 'Request_ResourceNotFound', 'not-found'], [404, 'ResourceNotFound', 'not-found'], [400, 'ResourceNotFound', 'not-found'], [403, 'Forbidden', 'permission-denied'],
  [403, 'Authorization_RequestDenied', 'permission-denied'], [403, 'Authentication_RequestFromNonPremiumTenantOrB2CTenant', 'failed-precondition'],
  [400, 'TooManyRequests', 'resource-exhausted'], [400, 'AWordOfTomorrow', undefined], [400, 'constructor', undefined],
  // Behind these Graph may have acted before it failed.
  [500, 'ResourceNotFound', undefined], [503, 'TooManyRequests', undefined],
  // The token is renewed, whatever else is said.
  [401, 'Forbidden', undefined],
] as const)('%i %s means %s', (status, code, expected) => {
  expect(codeOfGraphRefusal(status, { codes: [code], message: '', requestId: undefined })).toBe(expected);
});

test('a path that is not in this version is unsupported, not a mistake in an argument', () => {
  const refusal = graphRefusalOf({ error: { code: 'BadRequest', message: "Resource not found for the segment 'rotateBitLockerKeys'." } });
  expect([codeOfGraphRefusal(400, refusal), codeOfGraphRefusal(404, refusal)]).toEqual(['unsupported', undefined]);
});

test('an error is told with reason, request id and the permission that is missing', () => {
  const error = new RecoveryError('permission-denied', 'wiping: POST https://graph.example/v1.0/x: answered 403', { vendor: { status: 403, code: 'Forbidden' }, correlationId: 'c', facts: { outcome: 'refused' } });
  const context = { refusal: graphRefusalOf({ error: { code: 'Forbidden', message: 'No.', innerError: { 'request-id': requestId } } }), scopes: ['A.ReadWrite.All', 'B.All'], clientRequestId: 'client-1', mayQuote: true };
  expect(explainGraphError(error, context)).toMatchObject({
    code: 'permission-denied', retry: 'after-grant', correlationId: 'c',
    message: `wiping: POST https://graph.example/v1.0/x: answered 403 (request id ${requestId}): No.; grant the application A.ReadWrite.All or B.All, and see that its role in Intune covers the device`,
    vendor: { status: 403, code: 'Forbidden', requestId }, facts: { outcome: 'refused', clientRequestId: 'client-1', scopes: ['A.ReadWrite.All', 'B.All'] },
  });
  expect((explainGraphError(error, { ...context, mayQuote: false }) as Error).message).not.toContain('No.');
  // The lent HTTP client refuses with the same code; no permission at Graph would help there.
  expect((explainGraphError(new RecoveryError('permission-denied', 'host not listed'), context) as Error).message).not.toContain('grant');
  const abort = new DOMException('stop', 'AbortError');
  expect(explainGraphError(abort, context)).toBe(abort);
});
