import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CutMark } from '../../src/format/object-reference.ts';
import { findCut } from '../../src/kernels/find-cut.ts';
import { packedReferenceBytes } from '../../src/format/packed-references.ts';
import { editedBytes } from '../support/edited-bytes.ts';
import { bytesOf, openRegionHarness, type RegionHarness, type TakenBytes } from '../support/region-harness.ts';

// Rule 2: prediction saves work and decides nothing. Rule 3: the list of chunks depends on bytes and secret only.
const regionBytes = 200_000;

/** 1 MB without structure, so that most cuts are by content. */
function noise(lengthBytes: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(lengthBytes);
  let state = seed;
  for (let at = 0; at < lengthBytes; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** Lengths and cuts as the plain TypeScript reference finds them, region by region. */
async function cutByReference({ tools }: RegionHarness, bytes: Uint8Array): Promise<{ lengthBytes: number; cut: CutMark }[]> {
  const cuts: { lengthBytes: number; cut: CutMark }[] = [];
  for (let offset = 0; offset < bytes.length; offset += regionBytes) {
    const region = bytes.subarray(offset, offset + regionBytes);
    for (let start = 0; start < region.length; start += cuts.at(-1)?.lengthBytes ?? 0) {
      const { end, byContent } = findCut(region, start, region.length, tools.parameters);
      const cut = offset + end === bytes.length ? 'end' : end === region.length ? 'region' : byContent ? 'content' : 'max';
      cuts.push({ lengthBytes: end - start, cut });
    }
  }
  return cuts;
}

describe('prediction', () => {
  test('never changes the list of chunks, their fingerprints, or the bytes they stand for', { timeout: 120_000 }, async () => {
    const harness = await openRegionHarness(regionBytes);
    await fc.assert(
      fc.asyncProperty(editedBytes, fc.nat(40), fc.boolean(), fc.integer({ min: 1, max: 300_000 }), async ({ before, after }, generation, verifyAll, readBytes) => {
        harness.stored.clear();
        const parent = await harness.take(before);
        const predicted = await harness.take(after, { parent, generation, verifyAll, readBytes });
        expect(bytesOf(harness, predicted).equals(after)).toBe(true);
        const scanned = await harness.take(after);
        expect(Buffer.compare(predicted.packed, scanned.packed)).toBe(0);
        expect(scanned.chunks.map(({ lengthBytes, cut }) => ({ lengthBytes, cut }))).toEqual(await cutByReference(harness, after));
      }),
      { numRuns: 150 },
    );
  });

  test('takes an unchanged source over by fingerprint and by identity, and finds its way again after an insertion', async () => {
    const harness = await openRegionHarness(10_000_000);
    const bytes = noise(4_000_000);
    const parent = await harness.take(bytes);
    expect(parent.chunks.some(({ fingerprint }) => fingerprint !== undefined)).toBe(true);
    const same = await harness.take(bytes, { parent });
    expect(same.predictedBytes).toBeGreaterThan(0.98 * bytes.length);
    expect(same.addedChunks).toBe(0);
    const shifted = await harness.take(Buffer.concat([bytes.subarray(0, 1_000_000), Buffer.from('new'), bytes.subarray(1_000_000)]), { parent });
    expect(shifted.predictedBytes).toBeGreaterThan(0.95 * bytes.length);
    expect(shifted.addedChunks).toBeLessThan(6);
  });

  test('a fingerprint that lies is believed by nobody who has to re-hash: each group once in 32 generations, and all of them when asked to', async () => {
    const harness = await openRegionHarness(10_000_000);
    const bytes = noise(4_000_000);
    const honest = await harness.take(bytes);
    const changed = Uint8Array.from(bytes);
    changed[2_000_000] = (changed[2_000_000] ?? 0) ^ 1;
    // The parent's fingerprints are those of the changed bytes, as if two groups had the same.
    const lying = pretend(honest, await harness.take(changed));
    const truth = await harness.take(changed);
    const caught: number[] = [];
    for (let generation = 0; generation < 32; generation++) {
      const taken = await harness.take(changed, { parent: lying, generation });
      if (Buffer.compare(taken.packed, truth.packed) === 0) caught.push(generation);
    }
    expect(caught).toHaveLength(1);
    expect(Buffer.compare((await harness.take(changed, { parent: lying, verifyAll: true })).packed, truth.packed)).toBe(0);
  });

  test('a chunk of the parent that is no longer stored is stored again', async () => {
    const harness = await openRegionHarness(10_000_000);
    const bytes = noise(4_000_000);
    const parent = await harness.take(bytes);
    const lost = [...harness.stored.keys()].filter((_, index) => index % 7 === 0);
    for (const id of lost) harness.stored.delete(id);
    const taken = await harness.take(bytes, { parent });
    expect(taken.addedChunks).toBe(lost.length);
    expect(bytesOf(harness, taken).equals(bytes)).toBe(true);
  });

  test('what is said to be unchanged is not read, but for the part whose turn it is', async () => {
    const harness = await openRegionHarness(10_000_000);
    const bytes = noise(8_000_000);
    const parent = await harness.take(bytes);
    const taken = await harness.take(bytes, { parent, unchanged: [{ offset: 0, bytes: 3_000_000 }, { offset: 3_100_000, bytes: 4_900_000 }] });
    expect(Buffer.compare(taken.packed, parent.packed)).toBe(0);
    expect(taken.bytesRead).toBeLessThan(bytes.length / 2);
    expect(taken.isTrackerWrong).toBe(false);
  });

  test('a change tracker that misses a change is found out by the time every group has had its turn', async () => {
    const harness = await openRegionHarness(10_000_000);
    const bytes = noise(4_000_000);
    const parent = await harness.take(bytes);
    bytes[2_000_000] = (bytes[2_000_000] ?? 0) ^ 1;
    const found: number[] = [];
    for (let generation = 0; generation < 32; generation++)
      if ((await harness.take(bytes, { parent, generation, unchanged: [{ offset: 0, bytes: bytes.length }] })).isTrackerWrong) found.push(generation);
    expect(found).toHaveLength(1);
  });
});

/** A list of chunks whose groups carry the fingerprints of other bytes, where the chunk lengths allow it. */
function pretend(honest: TakenBytes, other: TakenBytes): TakenBytes {
  const packed = Uint8Array.from(honest.packed);
  const offsets = new Map<number, Uint8Array>();
  let offset = 0;
  for (const { lengthBytes, fingerprint } of other.chunks) {
    offset += lengthBytes;
    if (fingerprint !== undefined) offsets.set(offset, fingerprint);
  }
  offset = 0;
  for (const [ordinal, chunk] of honest.chunks.entries()) {
    offset += chunk.lengthBytes;
    const fingerprint = chunk.fingerprint === undefined ? undefined : offsets.get(offset);
    if (fingerprint !== undefined) packed.set(fingerprint, ordinal * packedReferenceBytes + 40);
  }
  return { ...honest, packed };
}
