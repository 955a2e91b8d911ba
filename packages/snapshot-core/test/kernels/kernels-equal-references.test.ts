import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { chunkProfiles } from '../../src/chunking/chunk-profiles.ts';
import { deriveSieveParameters } from '../../src/chunking/sieve-parameters.ts';
import { createKernels } from '../../src/kernels/create-kernels.ts';
import { createPlainKernels } from '../../src/kernels/plain-kernels.ts';
import type { Kernels } from '../../src/kernels/kernels.ts';
import type { SieveParameters } from '../../src/kernels/sieve-parameters.ts';
import { noise } from '../support/noise.ts';

const dataBytes = 2_200_000;
const compiled = createKernels({ dataBytes });
const plain = createPlainKernels({ dataBytes });
const { dataStart } = compiled;
const both: readonly Kernels[] = [compiled, plain];

/** Puts bytes at an offset into both memories, and among others of no meaning. */
function place(bytes: Uint8Array, offset = 0): number {
  const start = dataStart + offset;
  for (const kernels of both) {
    kernels.bytes.fill(0xa5, Math.max(dataStart, start - 200), start + bytes.length + 200);
    kernels.bytes.set(bytes, start);
  }
  return start;
}

function cutsOf(kernels: Kernels, start: number, lengthBytes: number): string[] {
  const cuts: string[] = [];
  for (let at = start; at < start + lengthBytes; ) {
    at = kernels.findCut(at, start + lengthBytes);
    cuts.push(`${at - start}${kernels.cutByContent ? ' content' : ''}`);
  }
  return cuts;
}

function assertSameCuts(bytes: Uint8Array, parameters: SieveParameters, offset = 0): string[] {
  const start = place(bytes, offset);
  for (const kernels of both) kernels.setSieve(parameters);
  const cuts = cutsOf(compiled, start, bytes.length);
  expect(cuts).toEqual(cutsOf(plain, start, bytes.length));
  return cuts;
}

/** What stage one makes of the first eight bytes, by the definition. */
function sum8(bytes: Uint8Array, { stageOneKeys: [key0, key1, key2] }: SieveParameters): number {
  const sum2 = (at: number): number => ((bytes[at] ?? 0) ^ key0) + 2 * (bytes[at - 1] ?? 0);
  const sum4 = (at: number): number => ((sum2(at) & 255) ^ key1) + 2 * sum2(at - 2);
  return (((sum4(7) & 255) ^ key2) + 2 * sum4(3)) & 255;
}

const key = Uint8Array.from({ length: 32 }, (_, index) => 3 * index);
const keys = fc.uint8Array({ minLength: 32, maxLength: 32 });
const profiles = fc.constantFrom(...Object.values(chunkProfiles));
/** Small and odd sizes: every boundary of a turn of 64 positions is met. Stage two lets much pass, so that cuts are frequent. */
const smallSieve = fc
  .record({ key: keys, minBytes: fc.integer({ min: 64, max: 200 }), toLoose: fc.integer({ min: 1, max: 300 }), toMax: fc.integer({ min: 1, max: 600 }), looseBits: fc.integer({ min: 1, max: 3 }) })
  .map(({ key, minBytes, toLoose, toMax, looseBits }) => ({
    ...deriveSieveParameters(key, chunkProfiles.small),
    minBytes,
    looseFromBytes: minBytes + toLoose,
    maxBytes: minBytes + toLoose + toMax,
    strictBits: looseBits + 1,
    looseBits,
  }));
/** Noise, few values, runs and short patterns, one after the other. */
const stretch = fc.oneof(
  fc.record({ seed: fc.integer(), length: fc.nat(700) }).map(({ seed, length }) => noise(seed, length)),
  fc.record({ seed: fc.integer(), length: fc.nat(700), values: fc.integer({ min: 2, max: 5 }) }).map(({ seed, length, values }) => noise(seed, length).map((byte) => byte % values)),
  fc.record({ byte: fc.nat(255), length: fc.nat(700) }).map(({ byte, length }) => new Uint8Array(length).fill(byte)),
  fc.record({ pattern: fc.uint8Array({ minLength: 2, maxLength: 49 }), length: fc.nat(900) }).map(({ pattern, length }) => Uint8Array.from({ length }, (_, index) => pattern[index % pattern.length] ?? 0)),
);
const mixed = fc.array(stretch, { maxLength: 8 }).map((stretches) => new Uint8Array(Buffer.concat(stretches)));

/**
 * What the scan may skip when it goes on: patterns of all lengths, above all those that come again after 48 bytes, and
 * those that meet a target several times each.
 */
const pattern = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 50 }),
  fc.constantFrom(3, 6, 12).chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
  fc.tuple(fc.uint8Array({ minLength: 8, maxLength: 10 }), fc.uint8Array({ minLength: 30, maxLength: 30 })).map(([part, rest]) => new Uint8Array([...part, ...part, ...part, ...part, ...rest]).subarray(0, 48)),
);

describe('findCut', () => {
  test('the SIMD code is what is tested here', () => {
    expect(compiled.simd).toBe(true);
    expect(plain.simd).toBe(false);
  });

  test('mixed bytes under small odd sizes, at every alignment', () => {
    let byContent = 0;
    fc.assert(
      fc.property(mixed, smallSieve, fc.nat(130), (bytes, parameters, offset) => {
        byContent += assertSameCuts(bytes, parameters, offset).filter((cut) => cut.endsWith('content')).length;
      }),
      { numRuns: 1_000 },
    );
    expect(byContent).toBeGreaterThan(300);
  });

  test('patterns and runs in noise, with a target that they meet again and again', () => {
    const lengths = fc.record({ before: fc.nat(200), repeated: fc.integer({ min: 20, max: 700 }), behind: fc.nat(200) });
    let byContent = 0;
    fc.assert(
      fc.property(pattern, smallSieve, lengths, fc.integer(), fc.integer({ min: 1, max: 4 }), fc.boolean(), (pattern, sieve, { before, repeated, behind }, seed, bits, passAll) => {
        const run = Uint8Array.from({ length: repeated }, (_, index) => pattern[index % pattern.length] ?? 0);
        const bytes = new Uint8Array([...noise(seed, before), ...run, ...noise(seed + 1, behind)]);
        const stageTwo = passAll ? { stageTwoSeed: 0, stageTwoMultipliers: new Uint32Array(9) } : {};
        const parameters = { ...sieve, ...stageTwo, stageOneTarget: sum8(run, sieve), strictBits: bits, looseBits: bits };
        byContent += assertSameCuts(bytes, parameters, seed & 63).filter((cut) => cut.endsWith('content')).length;
        assertSameCuts(bytes.subarray(0, parameters.minBytes), parameters);
      }),
      { numRuns: 8_000 },
    );
    expect(byContent).toBeGreaterThan(5_000);
  });

  test('goes on rightly where a repetition ends, under thousands of keys', () => {
    const base = deriveSieveParameters(key, chunkProfiles.small);
    const run = Uint8Array.from({ length: 400 }, (_, index) => 1 + (index % 3));
    for (let seed = 0; seed < 4_000; seed++) {
      const [key0 = 0, key1 = 0, key2 = 0, ...rest] = noise(seed, 3 + 36);
      const stageOneKeys = [key0, key1, key2] as const;
      const stageTwoMultipliers = new Uint32Array(new Uint8Array(rest).buffer).map((word) => word | 1);
      const keyed = { ...base, stageOneKeys, stageTwoMultipliers, minBytes: 64, looseFromBytes: 100, maxBytes: 1_000, strictBits: 1, looseBits: 1 };
      const bytes = new Uint8Array([...noise(seed, 70), ...run.subarray(0, 300 + (seed % 64)), ...noise(seed + 1, 130)]);
      assertSameCuts(bytes, { ...keyed, stageOneTarget: sum8(run, keyed) });
    }
  });

  test.each(Object.entries(chunkProfiles))('runs of every byte value, alone and in noise, under %s', (_, sizes) => {
    const parameters = deriveSieveParameters(key, sizes);
    for (let byte = 0; byte < 256; byte++) {
      const bytes = noise(byte, 3 * sizes.minBytes);
      bytes.fill(byte, sizes.minBytes, sizes.minBytes + 1_500 + byte);
      assertSameCuts(bytes, parameters, byte);
    }
  });

  test('every length around a boundary, at every alignment to 16 and 64', () => {
    const lengths = (sizes: SieveParameters): number[] => [
      ...Array.from({ length: 130 }, (_, length) => length),
      ...[sizes.minBytes, sizes.looseFromBytes, sizes.maxBytes].flatMap((size) => [-65, -64, -63, -1, 0, 1, 2, 15, 16, 17, 31, 32, 63, 64, 65, 66, 129].map((by) => size + by)),
    ].filter((length) => length >= 0);
    const small = deriveSieveParameters(key, chunkProfiles.small);
    const odd = { ...small, minBytes: 64, looseFromBytes: 191, maxBytes: 320, strictBits: 5, looseBits: 3 };
    for (const parameters of [small, odd, { ...odd, looseFromBytes: 65 }, { ...odd, looseFromBytes: 319 }])
      for (const [turn, length] of lengths(parameters).entries())
        for (const offset of [0, 1, 15, 16, 17, 63, 64, turn % 64]) assertSameCuts(noise(length, length), parameters, offset);
  });

  test('noise and text under every profile and key', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 2_000_000 }), profiles, keys, fc.nat(64), fc.constantFrom(256, 96, 3), (seed, length, sizes, chunkingKey, offset, values) => {
        assertSameCuts(
          noise(seed, length).map((byte) => byte % values),
          deriveSieveParameters(chunkingKey, sizes),
          offset,
        );
      }),
      { numRuns: 20 },
    );
  });

  test('what lies before the start or behind the end does not matter', () => {
    fc.assert(
      fc.property(mixed, smallSieve, fc.nat(100), fc.nat(255), (bytes, parameters, offset, around) => {
        compiled.setSieve(parameters);
        const start = place(bytes, 100 + offset);
        const before = cutsOf(compiled, start, bytes.length);
        compiled.bytes.fill(around, dataStart, start).fill(around, start + bytes.length, start + bytes.length + 200);
        expect(cutsOf(compiled, start, bytes.length)).toEqual(before);
      }),
    );
  });
});

describe('isAllZero', () => {
  test('every length and place of one bit', () => {
    for (let length = 0; length < 300; length++) {
      const start = place(new Uint8Array(length), length % 67);
      expect(both.map((kernels) => kernels.isAllZero(start, length))).toEqual([true, true]);
      for (const at of [0, length >> 1, length - 1]) {
        if (length === 0) continue;
        for (const kernels of both) {
          kernels.bytes[start + at] = 1 << (length % 8);
          expect(kernels.isAllZero(start, length), `bit in byte ${at} of ${length}`).toBe(false);
          kernels.bytes[start + at] = 0;
        }
      }
    }
  });

  test('a whole region', () => {
    const start = place(new Uint8Array(2_000_000), 1);
    expect(compiled.isAllZero(start, 2_000_000)).toBe(true);
    compiled.bytes[start + 1_999_999] = 128;
    expect(compiled.isAllZero(start, 2_000_000)).toBe(false);
  });
});

describe('differingBlocks', () => {
  test('the same ordinals for any bytes, blocks and alignments; a last short block counts', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(5_000), fc.array(fc.nat(5_000), { maxLength: 6 }), fc.integer({ min: 1, max: 1_500 }), fc.nat(64), (seed, length, flips, blockBytes, offset) => {
        const left = noise(seed, length);
        const right = left.slice();
        for (const at of flips) if (at < length) right[at] = (right[at] ?? 0) ^ (1 << (at % 8));
        const found = both.map((kernels) => {
          kernels.bytes.set(left, dataStart + offset);
          kernels.bytes.set(right, dataStart + 10_000);
          const count = kernels.differingBlocks(dataStart + offset, dataStart + 10_000, length, blockBytes, dataStart + 20_000);
          const view = new DataView(kernels.bytes.buffer, dataStart + 20_000);
          return Array.from({ length: count }, (_, index) => view.getUint32(4 * index, true));
        });
        const expected = [...new Set(flips.filter((at) => left[at] !== right[at]).map((at) => Math.floor(at / blockBytes)))].toSorted((a, b) => a - b);
        expect(found).toEqual([expected, expected]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('isIncompressible', () => {
  const verdict = (bytes: Uint8Array): boolean => {
    const start = place(bytes, bytes.length % 64);
    const [first, second] = both.map((kernels) => kernels.isIncompressible(start, bytes.length));
    expect(first).toBe(second);
    return first === true;
  };
  const text = (length: number): Uint8Array => new Uint8Array(Buffer.from(Array.from({ length: length >> 3 }, (_, line) => `line ${line} of ${(line * 7_919) % 1_013}\n`).join(''))).subarray(0, length);
  const sizes = [2_048, 5_000, 16_384, 65_536, 262_144, 1_048_576];

  test.each(sizes)('%i bytes: noise is, everything else is not', (length) => {
    for (let seed = 0; seed < 40; seed++) expect(verdict(noise(seed, length)), `seed ${seed}`).toBe(true);
    expect(verdict(new Uint8Array(length))).toBe(false);
    expect(verdict(text(length))).toBe(false);
    expect(verdict(Uint8Array.from({ length }, (_, index) => index)), 'every value in turn').toBe(false);
    const half = noise(1, length);
    half.set(text(length >> 1), length >> 2);
    expect(verdict(half), 'half noise, half text').toBe(false);
    const twice = noise(2, length);
    twice.copyWithin(length >> 1, 0, length >> 1);
    expect(verdict(twice), 'noise twice').toBe(false);
  });

  test('the same answer where copies make it a close decision', () => {
    const verdicts = new Set<boolean>();
    const copies = fc.array(fc.record({ from: fc.nat(), to: fc.nat(), length: fc.integer({ min: 8, max: 900 }) }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1_500, max: 40_000 }), copies, (seed, length, copies) => {
        const bytes = noise(seed, length);
        for (const copy of copies) bytes.copyWithin(copy.to % length, copy.from % length, (copy.from % length) + copy.length);
        verdicts.add(verdict(bytes));
      }),
      { numRuns: 1_000 },
    );
    expect(verdicts.size).toBe(2);
  });

  test('the same answer for any bytes, however few', () => {
    fc.assert(fc.property(mixed, (bytes) => void verdict(bytes)), { numRuns: 1_000 });
    for (let length = 0; length < 400; length++) verdict(noise(length, length));
  });
});

describe('the fallback', () => {
  afterEach(() => void vi.restoreAllMocks());

  test('is chosen where the engine does not take the code', async () => {
    // A module of its own: code that was compiled once is taken for good.
    vi.resetModules();
    const fresh = await import('../../src/kernels/create-kernels.ts');
    const engine = (globalThis as unknown as { WebAssembly: { validate: (code: Uint8Array) => boolean } }).WebAssembly;
    const validate = vi.spyOn(engine, 'validate').mockReturnValue(false);
    const kernels = fresh.createKernels({ dataBytes: 1_000 });
    expect(validate).toHaveBeenCalledOnce();
    expect(kernels.simd).toBe(false);
    expect(kernels.bytes.length - kernels.dataStart).toBeGreaterThanOrEqual(1_000);
  });

  test('is chosen where there is no such engine', () => {
    vi.stubGlobal('WebAssembly', undefined);
    expect(createKernels({ dataBytes: 1 }).simd).toBe(false);
    vi.unstubAllGlobals();
  });
});
