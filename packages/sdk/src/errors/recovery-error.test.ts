import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { errorCodes, type ErrorCode } from './error-codes.table.ts';
import { parseOrThrow } from './parse-or-throw.ts';
import { RecoveryError } from './recovery-error.ts';
import { SpecVersionError } from './spec-version-error.ts';

test('the brand holds across two copies of the module, where instanceof does not', async () => {
  const copyPath = './recovery-error.ts?copy';
  const copy = (await import(copyPath)) as { RecoveryError: typeof RecoveryError };
  const foreign = new copy.RecoveryError('conflict', 'from another copy');
  expect(copy.RecoveryError).not.toBe(RecoveryError);
  expect([foreign instanceof RecoveryError, RecoveryError.isInstance(foreign), copy.RecoveryError.isInstance(new RecoveryError('conflict', 'x'))]).toEqual([false, true, true]);
});

test.each([[undefined], [null], ['text'], [new Error('x')], [{ code: 'conflict' }], [{ name: 'RecoveryError' }]])('%o is not one', (value) => {
  expect(RecoveryError.isInstance(value)).toBe(false);
});

test.each(Object.keys(errorCodes) as ErrorCode[])('%s carries the advice of its row unless the thrower knows better', (code) => {
  expect(new RecoveryError(code, 'm').retry).toBe(errorCodes[code].retry);
  expect(new RecoveryError(code, 'm', { retry: 'reconcile-first' }).retry).toBe('reconcile-first');
});

test('as JSON it says everything but cause and stack', () => {
  const error = new RecoveryError('resource-exhausted', 'slow down', { cause: new Error('secret'), retryAfterMs: 5, fieldPath: 'a.b', vendor: { status: 429 }, correlationId: 'c', facts: { window: 'minute' } });
  expect(JSON.parse(JSON.stringify(error))).toEqual({ name: 'RecoveryError', code: 'resource-exhausted', message: 'slow down', retry: 'at-reset', retryAfterMs: 5, fieldPath: 'a.b', vendor: { status: 429 }, correlationId: 'c', facts: { window: 'minute' } });
  expect('cause' in new RecoveryError('internal', 'no cause')).toBe(false);
  expect(error.cause).toBeInstanceOf(Error);
});

test('a version mismatch names both lists and the side to upgrade', () => {
  const older = new SpecVersionError('example', ['v2', 'v1'], ['v0']);
  expect([older.message, RecoveryError.isInstance(older), older.code]).toEqual(['plug-in example speaks spec v0; the host speaks v2, v1: upgrade the plug-in example', true, 'spec-version-mismatch']);
  expect(new SpecVersionError('example', ['v1'], ['v2', 'v3']).message).toContain('upgrade the host');
  expect(new SpecVersionError('example', ['v1'], []).message).toContain('speaks spec none');
  expect(new SpecVersionError('example', ['v1'], ['v2']).facts).toEqual({ hostVersions: ['v1'], pluginVersions: ['v2'] });
});

function failureOf(schema: z.ZodType, value: unknown): RecoveryError {
  try {
    parseOrThrow(schema, value, 'config', 'invalid-config');
  } catch (error) {
    if (RecoveryError.isInstance(error)) return error;
  }
  throw new TypeError('expected a RecoveryError');
}

test('parseOrThrow names the first field, counts the others and lists all in facts', () => {
  const error = failureOf(z.strictObject({ url: z.url(), limits: z.strictObject({ perDay: z.int() }) }), { url: 'x', limits: { perDay: 'many' } });
  expect([error.code, error.fieldPath, error.message]).toEqual(['invalid-config', 'url', 'config: url: Invalid URL (and 1 more)']);
  expect(error.facts).toEqual({ issues: [{ fieldPath: 'url', expected: 'Invalid URL' }, { fieldPath: 'limits.perDay', expected: 'Invalid input: expected number, received string' }] });
  expect(failureOf(z.string(), 5).message).toBe('config: value: Invalid input: expected string, received number');
});

test('for a union it says what each member expected', () => {
  const schema = z.strictObject({ query: z.union([z.strictObject({ serialNumber: z.string() }), z.strictObject({ vendorId: z.string() })]) });
  const error = failureOf(schema, { query: {} });
  expect(error.message).toBe('config: query: Invalid input: serialNumber: Invalid input: expected string, received undefined; or vendorId: Invalid input: expected string, received undefined');
});

test('parseOrThrow never quotes the value, whatever is wrong with it', () => {
  const secret = 'canary-7f3a';
  const schemas = [
    z.int(), z.email(), z.url(), z.uuid(), z.base64(), z.ipv4(), z.iso.datetime(), z.string().max(3), z.string().min(99), z.string().regex(/^\d+$/), z.string().startsWith('x'), z.enum(['a', 'b']), z.literal('a'), z.literal(['a', 1]),
    z.union([z.literal('a'), z.int()]), z.strictObject({ a: z.string() }), z.array(z.string()), z.null(), z.never(), z.date(), z.json().refine(() => false, 'expected something else'), z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') })]),
  ];
  for (const schema of schemas) {
    for (const value of [secret, { a: { b: secret }, kind: secret }, [secret, 1]]) {
      if (schema.safeParse(value).success) continue;
      const error = failureOf(schema, value);
      expect(`${inspect(error, { depth: 9 })} ${JSON.stringify(error)}`).not.toContain(secret);
    }
  }
});
