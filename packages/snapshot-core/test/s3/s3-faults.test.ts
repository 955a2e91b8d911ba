import { S3Client } from '@aws-sdk/client-s3';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createS3Storage, type S3StorageOptions } from '../../src/storage/s3/create-s3-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { collect } from '../collect.ts';
import { runFauxqs } from './start-fauxqs.ts';
import { runS3Gate, type GateRequest, type GateVerdict, type S3Gate } from './start-s3-gate.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const code = (expected: string): unknown => expect.objectContaining({ code: expected });

/** Judges the first so many requests that fit, and lets the others pass. */
function firstOf(count: number, fits: (request: GateRequest) => boolean, verdict: GateVerdict): S3Gate['judge'] {
  let left = count;
  return (request) => (fits(request) && left-- > 0 ? verdict : undefined);
}

const isPutOf = (name: string) => (request: GateRequest) => request.method === 'PUT' && request.path.endsWith(name);
const isGet = ({ method, path }: GateRequest) => method === 'GET' && !path.startsWith('?');

let gate: S3Gate;
let storage: Storage;

async function start(conditionalWrites: Parameters<typeof runS3Gate>[1], options: Partial<S3StorageOptions> = {}): Promise<void> {
  gate = await runS3Gate(await runFauxqs(), conditionalWrites);
  onTestFinished(() => gate.stop());
  const { endpoint, bucket, credentials } = gate;
  storage = createS3Storage({ endpoint, bucket, credentials, prefix: 'p', ...options });
}

describe('on a network that fails', () => {
  beforeEach(() => start('atomic'));

  test('a put whose answer was lost, and whose repetition met itself, has succeeded', async () => {
    gate.judge = firstOf(1, isPutOf('x'), { loseAnswer: true });
    await storage.put('pack', 'x', [bytes(1, 2)]);
    expect(gate.requests.filter(isPutOf('x')).length).toBeGreaterThan(1);
    expect(await storage.get('pack', 'x')).toEqual(bytes(1, 2));
  });

  test('a put that was never answered, however often, has succeeded when its object is there', async () => {
    gate.judge = firstOf(100, isPutOf('x'), { loseAnswer: true });
    await storage.put('pack', 'x', [bytes(1)]);
    expect(await storage.get('pack', 'x')).toEqual(bytes(1));
  });

  test('the same bytes under the same name from somebody else are not taken for its own', async () => {
    await storage.put('pack', 'x', [bytes(1)]);
    gate.judge = firstOf(1, isPutOf('x'), { loseAnswer: true });
    await expect(storage.put('pack', 'x', [bytes(1)])).rejects.toEqual(code('storage/exists'));
  });

  test.each([500, 503])('status %i is tried again', async (status) => {
    gate.judge = firstOf(2, isPutOf('x'), { answer: { status, code: 'SlowDown' } });
    await storage.put('pack', 'x', [bytes(1)]);
    gate.judge = firstOf(2, isGet, { answer: { status, code: 'InternalError' } });
    expect(await storage.get('pack', 'x')).toEqual(bytes(1));
  });

  test('a server that keeps failing is given up after a bounded number of tries, and the error names what failed', async () => {
    await storage.put('lease', 'first', []);
    gate.judge = () => ({ answer: { status: 503, code: 'SlowDown' } });
    const before = gate.requests.length;
    await expect(storage.put('pack', 'x', [bytes(1)])).rejects.toMatchObject({ code: 'storage/failed', retryable: true, message: expect.stringMatching(/cannot write p\/packs\/x in s3:http:.*SlowDown, status 503/) });
    expect(gate.requests.length - before).toBeLessThan(12);
  });

  test('somebody else\'s put of the same name under way is waited for', async () => {
    gate.judge = firstOf(2, isPutOf('x'), { answer: { status: 409, code: 'ConditionalRequestConflict' } });
    await storage.put('pack', 'x', [bytes(1)]);
    gate.judge = firstOf(2, isPutOf('x'), { answer: { status: 409, code: 'ConditionalRequestConflict' } });
    await expect(storage.put('pack', 'x', [bytes(2)])).rejects.toEqual(code('storage/exists'));
  });

  test('a body that breaks off is read again, and never taken for a short file', async () => {
    const whole = new Uint8Array(100_000).map((_, at) => at);
    await storage.put('index', 'x', [whole]);
    gate.judge = firstOf(2, isGet, { cutBodyAt: 40_000 });
    expect(await storage.get('index', 'x')).toEqual(whole);
    gate.judge = firstOf(2, isGet, { cutBodyAt: 10 });
    expect(await storage.getRange('index', 'x', 5, 1_000)).toEqual(whole.subarray(5, 1_005));
    gate.judge = firstOf(100, isGet, { cutBodyAt: 10 });
    await expect(storage.getRange('index', 'x', 5, 1_000)).rejects.toEqual(code('storage/failed'));
  });

  test('a server that ignores ranges is understood; one that answers with another range is not believed', async () => {
    await storage.put('index', 'x', [bytes(0, 1, 2, 3, 4, 5)]);
    gate.judge = firstOf(1, isGet, { requestHeaders: { range: undefined } });
    expect(await storage.getRange('index', 'x', 2, 3)).toEqual(bytes(2, 3, 4));
    gate.judge = firstOf(1, isGet, { requestHeaders: { range: 'bytes=0-3' } });
    expect(await storage.getRange('index', 'x', 2, 3)).toEqual(bytes(2, 3));
    gate.judge = firstOf(100, isGet, { requestHeaders: { range: 'bytes=-2' } });
    await expect(storage.getRange('index', 'x', 2, 3)).rejects.toEqual(code('storage/failed'));
  });

  test('a server that falls silent is given up after the time the client allows', async () => {
    await storage.put('pack', 'x', [bytes(1)]);
    const { endpoint, bucket, credentials } = gate;
    const client = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true, maxAttempts: 2, requestHandler: { socketTimeout: 100 } });
    onTestFinished(() => client.destroy());
    gate.judge = () => ({ hang: true });
    await expect(createS3Storage({ bucket, prefix: 'p', client }).get('pack', 'x')).rejects.toMatchObject({ code: 'storage/failed', message: expect.stringContaining('TimeoutError') });
  });

  test('an abort ends a call that waits for an answer, with its reason', async () => {
    await storage.put('lease', 'first', []);
    const reason = new Error('enough');
    const abort = new AbortController();
    gate.judge = () => {
      setImmediate(() => abort.abort(reason));
      return { hang: true };
    };
    await expect(storage.get('lease', 'first', { signal: abort.signal })).rejects.toBe(reason);
    await expect(storage.put('pack', 'x', [bytes(1)], { signal: abort.signal })).rejects.toBe(reason);
  });

  test('nobody there', async () => {
    const { bucket, credentials } = gate;
    const nowhere = createS3Storage({ endpoint: 'http://127.0.0.1:1', bucket, credentials });
    await expect(nowhere.get('config', 'primary')).rejects.toMatchObject({ code: 'storage/failed', message: expect.stringContaining('ECONNREFUSED') });
    await expect(nowhere.timeMs()).rejects.toEqual(code('storage/failed'));
  });
});

describe('what the server refuses', () => {
  test.each([
    [403, 'AccessDenied', 'storage/read-only'],
    [405, 'MethodNotAllowed', 'storage/read-only'],
    [403, 'InvalidAccessKeyId', 'storage/failed'],
    [403, 'SignatureDoesNotMatch', 'storage/failed'],
    [400, 'ExpiredToken', 'storage/failed'],
    [403, 'QuotaExceeded', 'storage/full'],
    [507, 'XMinioStorageFull', 'storage/full'],
    [400, 'EntityTooLarge', 'storage/full'],
    [404, 'NoSuchBucket', 'storage/failed'],
  ])('a write refused with %i %s is %s', async (status, name, expected) => {
    await start('atomic');
    await storage.put('lease', 'first', []);
    gate.judge = () => ({ answer: { status, code: name } });
    await expect(storage.put('pack', 'x', [bytes(1)])).rejects.toMatchObject({ code: expected, message: expect.stringContaining(name) });
  });

  test('a refused read is no missing file, and neither is a missing bucket', async () => {
    await start('atomic');
    gate.judge = () => ({ answer: { status: 403, code: 'AccessDenied' } });
    for (const call of [() => storage.get('config', 'primary'), () => storage.stat('config', 'primary'), () => collect(storage.list('config'))]) await expect(call()).rejects.toEqual(code('storage/failed'));
    await expect(storage.stat('config', 'primary')).rejects.toThrow('Forbidden');
    const { endpoint, credentials } = gate;
    gate.judge = () => undefined;
    const missing = createS3Storage({ endpoint, bucket: 'absent', credentials });
    await expect(missing.get('config', 'primary')).rejects.toMatchObject({ code: 'storage/failed', message: expect.stringContaining('NoSuchBucket') });
  });

  test('errors show no credentials, however deep one looks', async () => {
    const secrets = { accessKeyId: 'AKIDVISIBLE', secretAccessKey: 'secret-words', sessionToken: 'token-words' };
    await start('atomic', { credentials: secrets });
    for (const verdict of [{ answer: { status: 403, code: 'SignatureDoesNotMatch' } }, { loseAnswer: true }, { cutBodyAt: 1 }]) {
      gate.judge = () => verdict;
      for (const call of [() => storage.put('pack', 'x', [bytes(1, 2)]), () => storage.get('pack', 'x'), () => storage.list('pack')[Symbol.asyncIterator]().next()]) {
        const error: unknown = await call().catch((cause: unknown) => cause);
        expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/AKIDVISIBLE|secret-words|token-words/);
      }
    }
  });
});

describe('the first write finds out', () => {
  test('once, whether the server creates exclusively, and leaves nothing behind', async () => {
    await start('atomic');
    await storage.put('pack', 'x', []);
    const asked = gate.requests.length;
    await storage.put('pack', 'y', []);
    expect(gate.requests.length - asked).toBe(1);
    expect(await storage.supportsExclusiveCreate?.()).toBe(true);
    gate.requests.length = 0;
    expect(await collect(storage.list('pack'))).toHaveLength(2);
    expect(gate.requests).toHaveLength(1);
  });

  test('that the server does not know the condition', async () => {
    await start('ignored');
    gate.judge = ({ headers }) => (headers['if-none-match'] === undefined ? undefined : { answer: { status: 501, code: 'NotImplemented' } });
    await storage.put('pack', 'x', [bytes(1)]);
    await expect(storage.put('pack', 'x', [bytes(2)])).rejects.toEqual(code('storage/exists'));
    expect(await storage.supportsExclusiveCreate?.()).toBe(false);
  });

  test('nothing while the server fails, and asks again then', async () => {
    await start('atomic');
    gate.judge = () => ({ answer: { status: 400, code: 'Odd' } });
    await expect(storage.supportsExclusiveCreate?.()).rejects.toEqual(code('storage/failed'));
    gate.judge = () => undefined;
    expect(await storage.supportsExclusiveCreate?.()).toBe(true);
  });

  test('that it may not write, and reading goes on', async () => {
    await start('atomic');
    await storage.put('pack', 'x', [bytes(1)]);
    const { endpoint, bucket, credentials } = gate;
    const reader = createS3Storage({ endpoint, bucket, credentials, prefix: 'p' });
    gate.judge = ({ method }) => (method === 'PUT' || method === 'DELETE' ? { answer: { status: 403, code: 'AccessDenied' } } : undefined);
    await expect(reader.put('pack', 'y', [])).rejects.toEqual(code('storage/read-only'));
    await expect(reader.delete('pack', 'x')).rejects.toEqual(code('storage/read-only'));
    expect(await reader.get('pack', 'x')).toEqual(bytes(1));
  });

  test('what a killed probe left goes with the leftovers', async () => {
    await start('atomic');
    gate.judge = firstOf(1, ({ method }) => method === 'DELETE', { answer: { status: 403, code: 'AccessDenied' } });
    await storage.put('pack', 'x', []);
    gate.requests.length = 0;
    await storage.deleteLeftovers(1_000_000);
    expect(gate.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(0);
    await storage.deleteLeftovers(-60_000);
    expect(gate.requests.filter(({ method }) => method === 'DELETE').map(({ path }) => path)).toEqual([expect.stringMatching(/^p\/tmp\/probe-/)]);
    expect(await collect(storage.list('pack'))).toHaveLength(1);
  });
});

test('listings of many pages are read to their end, and folders below are not looked into', async () => {
  await start('atomic');
  const names = Array.from({ length: 1_050 }, (_, index) => `n${index}`);
  const { endpoint, bucket, credentials } = gate;
  const deep = createS3Storage({ endpoint, bucket, credentials, prefix: 'p/packs/deep' });
  await deep.put('pack', 'deep', []);
  for (let at = 0; at < names.length; at += 50) await Promise.all(names.slice(at, at + 50).map((name) => storage.put('pack', name, [])));
  gate.requests.length = 0;
  expect((await collect(storage.list('pack'))).map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  expect(gate.requests.length).toBe(2);
});

test('a listing that goes round in circles is an error', async () => {
  const page = '<?xml version="1.0"?><ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken></ListBucketResult>';
  const server = createServer((_, response) => void response.writeHead(200, { 'content-type': 'application/xml' }).end(page));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const round = createS3Storage({ endpoint: `http://127.0.0.1:${port}`, bucket: 'bucket', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  await expect(collect(round.list('pack'))).rejects.toMatchObject({ code: 'storage/failed', message: expect.stringContaining('again and again') });
});

test('the time is the server\'s, from the answers there are anyway', async () => {
  await start('atomic');
  const serverMs = Date.UTC(2031, 4, 5, 6, 7, 8);
  gate.judge = () => ({ answerHeaders: { date: new Date(serverMs).toUTCString() } });
  await storage.put('pack', 'x', []);
  const requests = gate.requests.length;
  for (let times = 0; times < 100; times++) expect((await storage.timeMs()) - serverMs).toBeLessThan(20_000);
  expect(await storage.timeMs()).toBeGreaterThanOrEqual(serverMs);
  expect(gate.requests.length).toBe(requests);
});
