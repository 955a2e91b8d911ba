import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deriveSieveParameters } from '../../src/chunking/sieve-parameters.ts';
import { findCut, type FoundCut } from '../../src/kernels/find-cut.ts';
import type { SieveParameters } from '../../src/kernels/sieve-parameters.ts';

const sizes = { minBytes: 64, averageBytes: 4_096, maxBytes: 8_192 };

/** The definition in docs/design/repository-format.md, position by position and without rolling anything. */
function findCutByDefinition(bytes: Uint8Array, start: number, end: number, parameters: SieveParameters): FoundCut {
  const at = (position: number): number => bytes[position] ?? 0;
  const [key0, key1, key2] = parameters.stageOneKeys;
  const sum2 = (position: number): number => ((at(position) ^ key0) + 2 * at(position - 1)) % 256;
  const sum4 = (position: number): number => ((sum2(position) ^ key1) + 2 * sum2(position - 2)) % 256;
  const sum8 = (position: number): number => ((sum4(position) ^ key2) + 2 * sum4(position - 4)) % 256;
  const stop = Math.min(end, start + parameters.maxBytes);
  for (let cut = start + parameters.minBytes; cut <= stop; cut++) {
    if (cut === start + parameters.minBytes && cut === stop) break;
    const window = bytes.subarray(cut - 8, cut);
    if (sum8(cut - 1) !== parameters.stageOneTarget || new Set(window).size === 1) continue;
    let hash = BigInt(parameters.stageTwoSeed);
    const view = new DataView(bytes.buffer, bytes.byteOffset + cut - 32, 32);
    for (let word = 0; word < 8; word++) {
      hash = ((hash ^ BigInt(view.getUint32(4 * word, true))) * BigInt(parameters.stageTwoMultipliers[word] ?? 0)) & 0xffff_ffffn;
      hash ^= hash >> 16n;
    }
    hash = (hash * BigInt(parameters.stageTwoMultipliers[8] ?? 0)) & 0xffff_ffffn;
    const bits = cut - start <= parameters.looseFromBytes ? parameters.strictBits : parameters.looseBits;
    if (hash >> BigInt(32 - bits) === 0n) return { end: cut, byContent: true };
  }
  return { end: stop, byContent: false };
}

test('the rolling scan finds exactly what the definition says', () => {
  let byContent = 0;
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.uint8Array({ minLength: 100, maxLength: 600 }), fc.nat(50), fc.integer({ min: 2, max: 255 }), (key, seed, start, range) => {
      const parameters = deriveSieveParameters(key, sizes);
      // Few byte values and repeated stretches make runs and candidates frequent.
      const bytes = Uint8Array.from({ length: 12_000 }, (_, index) => ((seed[(index * 7 + (index >> 8)) % seed.length] ?? 0) * (1 + (index >> 6))) % range);
      const found = findCut(bytes, start, bytes.length, parameters);
      expect(found).toEqual(findCutByDefinition(bytes, start, bytes.length, parameters));
      if (found.byContent) byContent++;
    }),
    { numRuns: 150, seed: 7 },
  );
  expect(byContent).toBeGreaterThan(30);
});

test('what lies before the chunk or after its end does not matter', () => {
  const parameters = deriveSieveParameters(new Uint8Array(32).fill(9), sizes);
  const bytes = Uint8Array.from({ length: 20_000 }, (_, index) => (index * index * 31 + (index >> 3)) % 251);
  const alone = findCut(bytes.slice(3_000, 11_192), 0, 8_192, parameters);
  const within = findCut(bytes, 3_000, bytes.length, parameters);
  expect(within).toEqual({ end: alone.end + 3_000, byContent: alone.byContent });
});
