import { createCanarySecrets } from '@winre-kit/testkit';
import { expect, test } from 'vitest';
import type { LogLevel } from '../../contract/host-services.ts';
import { RecoveryError } from '../../errors/recovery-error.ts';
import { translateError } from '../plugins/translate-error.ts';
import { createRedactingLogger } from './redacting-logger.ts';
import { createRedactor } from './redactor.ts';

const canaries = createCanarySecrets();
const secret = canaries.secret('wifi', 'passphrase');
const redactor = createRedactor();
redactor.learn(secret);
const forms = [
  secret, JSON.stringify({ key: secret }), encodeURIComponent(secret), new URLSearchParams({ key: secret }).toString(), Buffer.from(secret).toString('base64'), Buffer.from(`x${secret}y`).toString('base64'),
  Buffer.from(secret).toString('hex'), Buffer.from(secret, 'utf16le').toString('base64'), secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
];

test.each(forms)('form %# of a secret is taken out', (form) => {
  expect(canaries.findLeaks(form)).not.toEqual([]);
  expect(canaries.findLeaks(redactor.redactText(`before ${form} after`))).toEqual([]);
  expect(redactor.redactText(`before ${form} after`)).toMatch(/^before .*«secret».* after$/);
});

test('values are redacted at any depth, names too, and left alone when there is nothing to do', () => {
  const clean = { a: [{ b: 'c' }] };
  expect(redactor.redactValue(clean)).toBe(clean);
  expect(redactor.redactValue({ a: [{ [secret]: secret }] })).toEqual({ a: [{ '«secret»': '«secret»' }] });
});

test('a secret inside a longer one does not leave a piece of it', () => {
  const both = createRedactor();
  both.learn('abcd');
  both.learn('abcdefgh');
  expect(both.redactText('abcdefgh abcd')).toBe('«secret» «secret»');
});

test('errors, with their causes, show no secret', () => {
  const call = { what: 'plug-in p', correlationId: 'c', signal: new AbortController().signal, redactor };
  const coded = new RecoveryError('unavailable', `no answer to ${secret}`, { retry: 'reconcile-first', facts: { url: `https://x/${encodeURIComponent(secret)}` }, cause: new Error(secret) });
  const translated = translateError(coded, call);
  expect(translated).toMatchObject({ code: 'unavailable', retry: 'reconcile-first', message: 'no answer to «secret»' });
  const foreign = translateError(new Error(`oops ${secret}`), call);
  expect(foreign).toMatchObject({ code: 'internal' });
  expect(canaries.findLeaks([translated, foreign])).toEqual([]);
  const harmless = new RecoveryError('not-found', 'nothing here');
  expect(translateError(harmless, call)).toBe(harmless);
});

test('an abort passes through unchanged', () => {
  const stop = new AbortController();
  const reason = new Error('enough');
  stop.abort(reason);
  const call = { what: 'plug-in p', correlationId: 'c', signal: stop.signal, redactor };
  expect(translateError(reason, call)).toBe(reason);
  expect(translateError(new DOMException('This operation was aborted', 'AbortError'), call)).toBe(reason);
});

test('a logger lets no secret pass, in message, fields, errors or bytes', () => {
  const lines: unknown[] = [];
  const logger = createRedactingLogger({ log: (level: LogLevel, message, fields) => void lines.push({ level, message, fields }) }, redactor, { plugin: 'p' });
  logger.log('info', `hello ${secret}`, { deep: [{ secret }], error: new RecoveryError('internal', secret), other: new TypeError(secret), bytes: Buffer.from(secret), map: new URL(`https://x/?k=${encodeURIComponent(secret)}`) });
  expect(canaries.findLeaks(lines)).toEqual([]);
  expect(lines).toMatchObject([{ level: 'info', message: 'hello «secret»', fields: { plugin: 'p', error: { code: 'internal' }, bytes: `${Buffer.byteLength(secret)} bytes` } }]);
});
