import { RecoveryError, sha256Hex } from '@winre-kit/sdk';
import { expect, test } from 'vitest';
import { graphClouds } from '../graph-clouds.table.ts';
import type { Exchanged } from '../graph-exchange.ts';
import { graphRefusalOf } from '../graph-refusal.ts';
import { operationApprovalRequestSchema } from '../replies/operation-approval-request.ts';
import { approvalVerdict } from './approval-verdict.ts';
import { approvalHeaders, parkedWriteOf, parkedWriteSchema, requireResendable, type SentWrite } from './parked-write.ts';

const nowMs = Date.UTC(2026, 10, 22);
const bodyText = '{ "keepUserData":false, "x":"\\u00e4" }';
const sent: SentWrite = { method: 'POST', url: 'https://graph.microsoft.com/v1.0/deviceManagement/managedDevices/1/wipe?$x=a%20b', bodyText, carriesSecrets: false, justification: 'lost', approvalCode: undefined };
const refused = (headers: Record<string, string>, code = 'BadRequest', outcome = 'refused'): Exchanged<unknown> => ({ ok: false, error: new RecoveryError('failed-precondition', 'x', { facts: { outcome } }), refusal: graphRefusalOf({ error: { code } }), headers: new Headers(headers) });
const code = { 'X-MSFT-Approval-Code': 'code-1' };

test('header or code make a request parked; nothing else does', async () => {
  const isParked = async (answer: Exchanged<unknown>, more: Partial<SentWrite> = {}): Promise<boolean> => (await parkedWriteOf({ ...sent, ...more }, answer, nowMs)) !== undefined;
  expect(await isParked(refused(code))).toBe(true);
  expect(await isParked(refused(code, 'ApprovalRequired'))).toBe(true);
  expect(await isParked({ ok: true, value: null, headers: new Headers(code) })).toBe(true);
  expect(await isParked({ ok: false, error: new Error('html'), refusal: undefined, headers: new Headers(code) })).toBe(true);
  expect(await isParked(refused({}, 'Forbidden'))).toBe(false);
  // Without a code there is nothing to come back with.
  expect(await isParked(refused({}, 'ApprovalRequired'))).toBe(false);
  expect(await isParked({ ok: false, error: new Error('cut'), refusal: undefined, headers: undefined })).toBe(false);
});

test('a code that was sent and comes back: nothing beside success, still waiting beside a refusal, a doubt beside a doubt', async () => {
  const parked = await parkedWriteOf(sent, refused(code), nowMs);
  if (!parked) throw new TypeError('not parked');
  const again = await requireResendable(graphClouds.global, parked);
  expect(await parkedWriteOf(again, { ok: true, value: null, headers: new Headers(code) }, nowMs + 5)).toBeUndefined();
  expect(await parkedWriteOf(again, refused(code, 'BadRequest', 'unknown'), nowMs + 5)).toBeUndefined();
  expect(await parkedWriteOf(again, refused({}, 'BadRequest'), nowMs + 5)).toBeUndefined();
  expect(await parkedWriteOf(again, refused(code), nowMs + 5)).toBe(parked);
  expect(await parkedWriteOf(again, refused({}, 'ApprovalRequired'), nowMs + 5)).toBe(parked);
  expect(await parkedWriteOf(again, refused({ 'x-msft-approval-code': 'code-2' }, 'ApprovalRequired'), nowMs + 5)).toMatchObject({ approvalCode: 'code-2', url: sent.url, bodyText });
});

test('what is kept survives a restart and gives the same bytes again', async () => {
  const parked = parkedWriteSchema.parse(JSON.parse(JSON.stringify(await parkedWriteOf(sent, refused(code), nowMs))));
  expect(parked).toEqual({ method: 'POST', url: sent.url, bodyText, bodySha256: await sha256Hex(bodyText), approvalCode: 'code-1', parkedAt: '2026-11-22T00:00:00.000Z', expiresAt: '2026-11-25T00:00:00.000Z' });
  const again = await requireResendable(graphClouds.global, parked);
  expect([again.method, again.url, again.bodyText, approvalHeaders(again)]).toEqual([sent.method, sent.url, bodyText, { 'x-msft-approval-code': 'code-1' }]);
});

test('a body with secrets is not kept, and must come again to the byte', async () => {
  const parked = await parkedWriteOf({ ...sent, carriesSecrets: true }, refused(code), nowMs);
  if (!parked) throw new TypeError('not parked');
  expect(JSON.stringify(parked)).not.toContain('keepUserData');
  expect(await requireResendable(graphClouds.global, parked, bodyText)).toMatchObject({ bodyText, carriesSecrets: true });
  for (const other of [undefined, `${bodyText} `, '']) await expect(requireResendable(graphClouds.global, parked, other)).rejects.toMatchObject({ code: 'plan-stale', facts: { outcome: 'not-sent' } });
  const bare = await parkedWriteOf({ method: 'DELETE', url: sent.url, carriesSecrets: false, justification: 'lost', approvalCode: undefined }, refused(code), nowMs);
  if (!bare) throw new TypeError('not parked');
  await expect(requireResendable(graphClouds.global, bare, '{}')).rejects.toMatchObject({ code: 'plan-stale' });
  expect(await requireResendable(graphClouds.global, bare)).not.toHaveProperty('bodyText');
});

test('what is kept fits into the storage of a plug-in, whatever is in the body', async () => {
  for (const letter of ['"', '\\', '€', 'x']) {
    for (const length of [16_380, 16_384, 100_000]) {
      const parked = await parkedWriteOf({ ...sent, bodyText: `"${letter.repeat(length - 2)}"` }, refused(code), nowMs);
      expect([new TextEncoder().encode(JSON.stringify(parked)).length < 65_536, parked?.bodyText !== undefined]).toEqual([true, length <= 16_384]);
    }
  }
});

test('a request parked in another cloud is never sent to this one', async () => {
  const parked = await parkedWriteOf(sent, refused(code), nowMs);
  if (!parked) throw new TypeError('not parked');
  await expect(requireResendable(graphClouds.china, parked)).rejects.toMatchObject({ code: 'plan-stale' });
});

test('the justification goes out in base64 of UTF-8, cut between characters at 1,024', () => {
  const decode = (justification: string): string => new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(atob(approvalHeaders({ ...sent, justification })['x-msft-approval-justification'] ?? ''), (letter) => letter.codePointAt(0) ?? 0));
  expect(decode('Gerät verloren 🖥')).toBe('Gerät verloren 🖥');
  expect([decode('🖥'.repeat(2_000)).length, decode(`x${'🖥'.repeat(2_000)}`).length]).toEqual([1_024, 1_023]);
});

test.each([
  ['needsApproval', 'waiting'], ['approved', 'approved'], ['rejected', 'rejected'], ['cancelled', 'cancelled'], ['completed', 'completed'], ['expired', 'expired'],
  ['unknown', 'unclear'], ['unknownFutureValue', 'unclear'], ['approvedTwice', 'unclear'],
])('an approval request that is %s: %s', (status, state) => {
  expect(approvalVerdict(operationApprovalRequestSchema.parse({ id: 'r', status, expirationDateTime: '2026-11-25T00:00:00Z' }))).toMatchObject({ state, expiresAt: '2026-11-25T00:00:00.000Z' });
});

test('no approval request, or one without a state, says nothing', () => {
  expect(approvalVerdict(undefined).state).toBe('unclear');
  expect(approvalVerdict(operationApprovalRequestSchema.parse({ id: 'r' })).state).toBe('unclear');
});
