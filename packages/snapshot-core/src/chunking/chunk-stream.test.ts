import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collect } from '../../test/collect.ts';
import { noise } from '../../test/support/noise.ts';
import { chunkProfiles, regionBytes } from './chunk-profiles.ts';
import { chunkStream, type Chunk } from './chunk-stream.ts';
import { deriveSieveParameters, type SieveParameters } from './sieve-parameters.ts';

const key = Uint8Array.from({ length: 32 }, (_, index) => index);
const small = deriveSieveParameters(key, chunkProfiles.small);

async function chunksOf(pieces: Iterable<Uint8Array>, parameters: SieveParameters = small): Promise<Chunk[]> {
  return collect(chunkStream(pieces, parameters));
}

async function cutsOf(pieces: Iterable<Uint8Array>, parameters: SieveParameters = small): Promise<string[]> {
  return (await chunksOf(pieces, parameters)).map(({ offset, bytes, cut }) => `${offset}+${bytes.length} ${cut}`);
}

function* split(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

describe('sieve-v1 never changes', () => {
  test.each([
    ['small', '992:3a0c9d25'],
    ['volume', '127:0486a858'],
    ['large', '33:6c5c324c'],
  ] as const)('cuts of 8 MiB of noise under %s', async (profile, golden) => {
    const cuts = await cutsOf([noise(1, 8_388_608)], deriveSieveParameters(key, chunkProfiles[profile]));
    expect(`${cuts.length}:${createHash('sha256').update(cuts.join('\n')).digest('hex').slice(0, 8)}`).toBe(golden);
  });

  test('the first cuts of a short text', async () => {
    const text = Buffer.from(Array.from({ length: 4_000 }, (_, line) => `line ${line} of a file\n`).join(''));
    expect((await cutsOf([text])).slice(0, 3)).toEqual(['0+8053 content', '8053+7428 content', '15481+36701 content']);
  });

  test('another key cuts elsewhere', async () => {
    const other = deriveSieveParameters(key.toReversed(), chunkProfiles.small);
    const bytes = noise(2, 1_048_576);
    const ours = new Set(await cutsOf([bytes]));
    expect((await cutsOf([bytes], other)).filter((cut) => ours.has(cut))).toEqual([]);
  });
});

test('the pieces a source arrives in do not matter', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.integer({ min: 0, max: 700_000 }), fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 5 }), async (seed, length, sizes) => {
      const bytes = noise(seed, length);
      expect(await cutsOf(split(bytes, sizes))).toEqual(await cutsOf([bytes]));
    }),
    { numRuns: 25 },
  );
});

test('chunks joined are the source, and each has a lawful size', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.integer({ min: 0, max: 900_000 }), fc.integer({ min: 0, max: 300_000 }), async (seed, noisy, flat) => {
      const bytes = new Uint8Array(Buffer.concat([noise(seed, noisy), new Uint8Array(flat)]));
      const chunks = await chunksOf([bytes]);
      expect(Buffer.concat(chunks.map((chunk) => chunk.bytes)).equals(bytes)).toBe(true);
      const smallest = { content: small.minBytes, max: small.maxBytes, region: 1, end: 1 };
      for (const [index, { bytes: part, cut }] of chunks.entries()) {
        expect(part.length).toBeLessThanOrEqual(small.maxBytes);
        expect(part.length).toBeGreaterThanOrEqual(smallest[cut]);
        expect(cut === 'end').toBe(index === chunks.length - 1);
      }
    }),
    { numRuns: 15 },
  );
});

test('after an insertion the cuts fall where they fell before', async () => {
  const bytes = noise(3, 2_097_152);
  const before = new Set((await chunksOf([bytes])).map((chunk) => Buffer.from(chunk.bytes).toString('base64')));
  const shifted = await chunksOf([bytes.subarray(0, 500_000), Buffer.from('inserted'), bytes.subarray(500_000)]);
  const fresh = shifted.filter((chunk) => !before.has(Buffer.from(chunk.bytes).toString('base64')));
  expect(fresh.length).toBeLessThanOrEqual(3);
  expect(shifted.length).toBeGreaterThan(150);
});

test('the average is near the one that was asked for', async () => {
  const chunks = await chunksOf([noise(4, 16_777_216)]);
  const average = 16_777_216 / chunks.length;
  expect(average).toBeGreaterThan(0.92 * chunkProfiles.small.averageBytes);
  expect(average).toBeLessThan(1.08 * chunkProfiles.small.averageBytes);
});

test('a run of any one byte value is cut at the largest size only', async () => {
  for (let value = 0; value < 256; value++) {
    const cuts = new Set((await chunksOf([new Uint8Array(131_072).fill(value)])).map(({ bytes, cut }) => `${bytes.length} ${cut}`));
    expect([...cuts], `byte ${value}`).toEqual(['65536 max', '65536 end']);
  }
});

test('a run is no candidate even under constants that would make every position of it a cut', async () => {
  const greedy = { ...small, stageTwoSeed: 0, stageTwoMultipliers: new Uint32Array(9) };
  for (let target = 0; target < 256; target++)
    expect(await cutsOf([new Uint8Array(66_000).fill(7)], { ...greedy, stageOneTarget: target })).toEqual(['0+65536 max', '65536+464 end']);
});

test('regions are cut apart at every 64 MiB, and chunked on their own', async () => {
  const tail = noise(5, 300_000);
  const large = deriveSieveParameters(key, chunkProfiles.large);
  function* twoRegions(): Generator<Uint8Array> {
    const piece = new Uint8Array(4_194_304);
    for (let sent = 0; sent < regionBytes - 4_194_304; sent += piece.length) yield piece;
    yield noise(6, 4_194_304);
    yield tail;
  }
  const chunks = await chunksOf(twoRegions(), large);
  const edge = chunks.findIndex(({ cut }) => cut === 'region');
  expect((chunks[edge]?.offset ?? 0) + (chunks[edge]?.bytes.length ?? 0)).toBe(regionBytes);
  const alone = await cutsOf([tail], large);
  expect(chunks.slice(edge + 1).map(({ offset, bytes, cut }) => `${offset - regionBytes}+${bytes.length} ${cut}`)).toEqual(alone);
});

test('a source that ends at the region edge ends with "end", and an empty one has no chunks', async () => {
  const cuts = await cutsOf(split(new Uint8Array(regionBytes), [8_388_608]), deriveSieveParameters(key, chunkProfiles.large));
  expect(cuts.at(-1)).toBe(`${regionBytes - 1_048_576}+1048576 end`);
  expect(await cutsOf([])).toEqual([]);
  expect(await cutsOf([new Uint8Array(0)])).toEqual([]);
});

test('an abort ends the stream with its own reason and closes the source', async () => {
  const abort = new AbortController();
  const reason = new Error('enough');
  let closed = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield noise(7, 100_000);
    } finally {
      closed = true;
    }
  }
  const chunks = chunkStream(endless(), small, { signal: abort.signal });
  await chunks.next();
  abort.abort(reason);
  await expect(collect(chunks)).rejects.toBe(reason);
  expect(closed).toBe(true);
});

test('a key or sizes that cannot be used are refused', () => {
  expect(() => deriveSieveParameters(key.subarray(1), chunkProfiles.small)).toThrow(expect.objectContaining({ code: 'argument/invalid' }));
  expect(() => deriveSieveParameters(key, { minBytes: 9_000, averageBytes: 8_192, maxBytes: 65_536 })).toThrow(expect.objectContaining({ code: 'argument/invalid' }));
});
