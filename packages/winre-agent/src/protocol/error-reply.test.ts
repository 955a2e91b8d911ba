import { errorCodes, RecoveryError, type ErrorCode } from '@winre-kit/sdk';
import { describe, expect, it } from 'vitest';
import { errorFromReply, errorReply, refusalReason } from './error-reply.ts';

describe('error replies', () => {
  it.each(Object.keys(errorCodes) as ErrorCode[])('carry %s both ways', (code) => {
    const { status, body } = errorReply(new RecoveryError(code, 'what to do', { fieldPath: 'a.b', retryAfterMs: 5, facts: { reason: 'because' }, cause: new Error('hidden') }));
    const error = errorFromReply(status, JSON.parse(JSON.stringify(body)));
    expect(error).toMatchObject({ code, message: 'what to do', fieldPath: 'a.b', retryAfterMs: 5, facts: { reason: 'because' } });
    expect(refusalReason(error)).toBe('because');
    expect(status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(body)).not.toContain('hidden');
  });

  it('say nothing about a defect', () => {
    const { status, body } = errorReply(new TypeError('password is hunter2'));
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toMatch(/hunter2|at .*\.ts/);
    expect(body.error['code']).toBe('internal');
  });

  it('of something on the way are not mistaken for the gateway’s', () => {
    expect(errorFromReply(502, '<html>').code).toBe('unavailable');
    expect(errorFromReply(413, undefined).code).toBe('resource-exhausted');
    expect(errorFromReply(429, {}).code).toBe('resource-exhausted');
    expect(errorFromReply(400, { error: { code: 'no-such-code', message: '' } }).code).toBe('unavailable');
    expect(refusalReason(new TypeError('x'))).toBeUndefined();
  });
});
