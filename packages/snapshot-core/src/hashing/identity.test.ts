import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blake3VectorKey, blake3Vectors } from '../../test/vectors/blake3-vectors.ts';
import { hmacSha256Vectors, sha256Vectors } from '../../test/vectors/sha-256-vectors.ts';
import { createIdentity } from './create-identity.ts';
import type { Identity } from './identity.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const pattern = (lengthBytes: number): Uint8Array => Uint8Array.from({ length: lengthBytes }, (_, index) => index % 251);
const key = Uint8Array.from({ length: 32 }, (_, index) => 7 * index);

const everyIdentity = await Promise.all([
  createIdentity('blake3', { implementation: 'native' }),
  createIdentity('blake3', { implementation: 'wasm' }),
  createIdentity('blake3', { implementation: 'native', key }),
  createIdentity('blake3', { implementation: 'wasm', key }),
  createIdentity('sha-256'),
  createIdentity('sha-256', { key }),
]);
const describeIdentity = ({ name, implementation, keyed }: Identity): string => `${name}, ${implementation}${keyed ? ', keyed' : ''}`;

describe.each(['native', 'wasm'] as const)('BLAKE3 (%s) computes the published digests', async (implementation) => {
  const plain = await createIdentity('blake3', { implementation });
  const keyed = await createIdentity('blake3', { implementation, key: blake3VectorKey });
  test.each(blake3Vectors)('of %i bytes', (lengthBytes, hash, keyedHash) => {
    expect(plain.identify(pattern(lengthBytes))).toBe(hash);
    expect(keyed.identify(pattern(lengthBytes))).toBe(keyedHash);
  });
});

describe('SHA-256 computes the published digests', () => {
  test.each(sha256Vectors)('$name', async ({ message, digest }) => {
    expect((await createIdentity('sha-256')).identify(message)).toBe(digest);
  });

  test.each(hmacSha256Vectors)('HMAC, $name', async ({ key, message, digest }) => {
    // HMAC pads short keys with zero bytes, so the published keys fit the 32 bytes an identity takes.
    const padded = new Uint8Array(32);
    padded.set(key);
    expect((await createIdentity('sha-256', { key: padded })).identify(message)).toBe(digest);
  });
});

describe.each(everyIdentity.map((identity) => [describeIdentity(identity), identity] as const))('%s', (_name, identity) => {
  test('digest, identify and any cutting into pieces agree', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.array(fc.nat(5000), { maxLength: 4 }), (bytes, cuts) => {
        const expected = identity.identify(bytes);
        expect(expected).toMatch(/^[0-9a-f]{64}$/);
        expect(hex(identity.digest(bytes))).toBe(expected);
        const whole = identity.create();
        const interleaved = identity.create();
        const edges = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b), bytes.length];
        for (const [index, edge] of edges.entries()) {
          if (index === 0) continue;
          const piece = Uint8Array.from(bytes.subarray(edges[index - 1], edge));
          interleaved.update(piece);
          identity.identify(piece);
          whole.update(piece);
          piece.fill(0);
        }
        expect(hex(whole.digest())).toBe(expected);
        expect(hex(interleaved.digest())).toBe(expected);
      }),
    );
  });

  test('hands out 32 bytes that later calls leave alone and that share memory with nothing', () => {
    const first = identity.digest(pattern(100));
    const before = hex(first);
    identity.digest(pattern(200));
    expect(hex(first)).toBe(before);
    expect([first.byteLength, first.buffer.byteLength, identity.create().digest().buffer.byteLength]).toEqual([32, 32, 32]);
  });

  test('reads bytes in the middle of shared memory', () => {
    const bytes = pattern(3000);
    const view = new Uint8Array(new SharedArrayBuffer(65_536), 1234, bytes.length);
    view.set(bytes);
    expect(identity.identify(view)).toBe(identity.identify(bytes));
  });

  test('says what it is', async () => {
    const implementation = identity.implementation === 'openssl' ? {} : { implementation: identity.implementation };
    const again = await createIdentity(identity.name, { ...implementation, ...(identity.keyed && { key }) });
    expect(describeIdentity(again)).toBe(describeIdentity(identity));
    expect(again.identify(pattern(9))).toBe(identity.identify(pattern(9)));
  });
});

test('native and WebAssembly BLAKE3 agree on bytes of every length and under every key', async () => {
  const [native, wasm] = everyIdentity;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 300_000 }), fc.integer(), fc.uint8Array({ minLength: 32, maxLength: 32 }), async (lengthBytes, seed, key) => {
      let state = seed;
      const bytes = Uint8Array.from({ length: lengthBytes }, () => (state = Math.imul(state, 1_664_525) + 1_013_904_223) >>> 24);
      expect(wasm?.identify(bytes)).toBe(native?.identify(bytes));
      const keyed = await Promise.all((['native', 'wasm'] as const).map((implementation) => createIdentity('blake3', { implementation, key })));
      expect(keyed[1]?.identify(bytes)).toBe(keyed[0]?.identify(bytes));
    }),
    { numRuns: 40 },
  );
});

test('the native add-on is preferred, and a worker thread can load it too', async () => {
  expect((await createIdentity('blake3')).implementation).toBe('native');
  const program = `import { parentPort } from 'node:worker_threads';
    const { createIdentity } = await import(${JSON.stringify(new URL('create-identity.ts', import.meta.url).href)});
    const identity = await createIdentity('blake3');
    parentPort.postMessage([identity.implementation, identity.identify(new Uint8Array(0))]);`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`), { execArgv: ['--conditions=@winre-kit/source'] });
  const answer = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await worker.terminate();
  expect(answer).toEqual(['native', blake3Vectors[0]?.[1]]);
});

test('the key is copied, and one of another length is refused', async () => {
  for (const name of ['blake3', 'sha-256'] as const) {
    for (const lengthBytes of [0, 16, 31, 33]) await expect(createIdentity(name, { key: new Uint8Array(lengthBytes) })).rejects.toMatchObject({ code: 'argument/invalid' });
    const own = Uint8Array.from(key);
    const identity = await createIdentity(name, { key: own });
    const before = identity.create();
    own.fill(0);
    const expected = (await createIdentity(name, { key })).identify(pattern(5));
    before.update(pattern(5));
    expect([identity.identify(pattern(5)), hex(before.digest())]).toEqual([expected, expected]);
    const after = identity.create();
    after.update(pattern(5));
    expect(hex(after.digest())).toBe(expected);
  }
});
