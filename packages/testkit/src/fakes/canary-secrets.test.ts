import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { RecoveryError, SecretValue } from '@winre-kit/sdk';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCanarySecrets } from './canary-secrets.ts';

const canaries = createCanarySecrets();
const key = canaries.secret('wifi-key', 'passphrase');
const token = canaries.secret('token');

test('values are the same for a name, different between names, and of their kind', () => {
  expect(canaries.secret('token')).toBe(token);
  expect(token).toMatch(/^canary\.token\.[0-9a-f]{24}$/);
  expect(key.length).toBeGreaterThanOrEqual(8);
  expect(key.length).toBeLessThanOrEqual(63);
  const recoveryKey = canaries.secret('recovery-key', 'recovery-key');
  expect(recoveryKey).toMatch(/^(\d{6}-){7}\d{6}$/);
  expect(recoveryKey.split('-').every((group) => Number(group) % 11 === 0 && Number(group) / 11 < 65_536)).toBe(true);
});

test.each([
  ['plain', `key=${key};`],
  ['utf-16', Buffer.from(`key=${key}`, 'utf16le')],
  ['base64', Buffer.from(`x${key}y`).toString('base64')],
  ['base64', Buffer.from(`xx${key}`).toString('base64url')],
  ['base64-utf-16', Buffer.from(`netsh ${key}`, 'utf16le').toString('base64')],
  ['hex', Buffer.from(key).toString('hex').toUpperCase()],
  ['url-encoded', new URLSearchParams({ key }).toString()],
  ['url-encoded', `https://x/?k=${encodeURIComponent(key)}`],
  ['json-escaped', JSON.stringify({ key })],
  ['json-escaped', JSON.stringify(JSON.stringify({ key }))],
  ['xml-escaped', `<key>${key.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</key>`],
  ['inspected', inspect({ key })],
] as const)('a secret in the form %s is found', (form, text) => {
  expect(canaries.findLeaks(text, 'log')).toContainEqual({ name: 'wifi-key', form, where: 'log' });
});

test('what holds no secret is clean, and findings do not quote it', () => {
  expect(canaries.findLeaks({ text: 'canary', value: new SecretValue(key), list: [1n, null, undefined] })).toEqual([]);
  expect(JSON.stringify(canaries.findLeaks(key))).not.toContain(key);
});

test('members, causes, maps, bytes, symbols and circles are looked into', () => {
  const circle: Record<string, unknown> = { count: 1n };
  circle['self'] = circle;
  circle['hidden'] = new Map([['k', new Set([Buffer.from(token)])]]);
  expect(canaries.findLeaks(circle)).toEqual([{ name: 'token', form: 'plain', where: 'value' }]);
  const error = new RecoveryError('unavailable', 'no answer', { cause: new AggregateError([Object.assign(new Error('x'), { [Symbol('y')]: token })]) });
  expect(canaries.findLeaks(error)).toHaveLength(1);
  expect(canaries.findLeaks(new Headers({ authorization: `Bearer ${token}` }))).toHaveLength(1);
  expect(canaries.findLeaks(Object.defineProperty({}, 'secret', { value: token, enumerable: false }))).toHaveLength(1);
});

test('any planted value is found in base64 at any alignment, in hex and in JSON', () => {
  fc.assert(fc.property(fc.string({ minLength: 8, unit: 'grapheme' }).filter((value) => value.isWellFormed() && value.trim().length >= 8), fc.uint8Array({ maxLength: 7 }), (value, prefix) => {
    const own = createCanarySecrets();
    own.plant('it', value);
    const bytes = Buffer.concat([prefix, Buffer.from(value), prefix]);
    for (const text of [bytes.toString('base64'), bytes.toString('hex'), JSON.stringify([value])]) if (own.findLeaks(text).length === 0) return false;
    return true;
  }), { numRuns: 200 });
});

test('folders are searched through, across the borders of chunks', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'canary-'));
  try {
    await mkdir(join(folder, 'deep'));
    await writeFile(join(folder, 'clean.txt'), 'nothing');
    await writeFile(join(folder, 'deep', 'large.bin'), Buffer.concat([Buffer.alloc(1_048_570), Buffer.from(token), Buffer.alloc(10)]));
    await writeFile(join(folder, 'deep', `${token}.lock`), '');
    const places = (await canaries.scanFolder(folder)).map(({ where }) => where.slice(folder.length + 1));
    expect(new Set(places)).toEqual(new Set([join('deep', `${token}.lock`), join('deep', 'large.bin')]));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.runIf(process.platform === 'linux')('command lines and environments of processes are searched', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdout.write("up"); setInterval(() => {}, 1000)', token], { env: { KEY: key }, stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  const pid = child.pid ?? 0;
  const leaks = await canaries.scanProcesses([pid, 4_000_000]);
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(leaks).toEqual([{ name: 'token', form: 'plain', where: `/proc/${pid}/cmdline` }, { name: 'wifi-key', form: 'plain', where: `/proc/${pid}/environ` }]);
});
