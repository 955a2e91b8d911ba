import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededBytes } from '../../test/support/tree-operations.ts';
import { hintsFor, shiftsToTry } from './alignment.ts';
import { AnchorCollector, findAnchor } from './anchor-table.ts';
import { createDeltaMemory } from './delta-memory.ts';
import type { EndReader } from './end-reader.ts';
import { planAlignment } from './plan-alignment.ts';
import { confirmHints, mergeHints } from './search-base.ts';

const mebibyte = 1_048_576;
const memory = createDeltaMemory();

function readerOf(bytes: Uint8Array): EndReader & { readBytes: number } {
  return {
    description: 'bytes',
    bytes: bytes.length,
    readBytes: 0,
    read(offset, into) {
      this.readBytes += into.length;
      into.set(bytes.subarray(offset, offset + into.length));
    },
  };
}

describe('planning the alignment', () => {
  const before = seededBytes(1, 40 * mebibyte);

  test('reads next to nothing where nothing moved', async () => {
    const [base, result] = [readerOf(before), readerOf(before)];
    expect(await planAlignment(memory, base, result, () => {})).toEqual({ hints: [{ position: 0, shift: 0 }], lost: [] });
    expect(base.readBytes + result.readBytes).toBeLessThan(mebibyte);
  });

  test('finds insertions and deletions, nearby and farther off', async () => {
    const after = Buffer.concat([before.subarray(0, 5 * mebibyte), seededBytes(2, 4_444), before.subarray(5 * mebibyte, 14 * mebibyte), before.subarray(26 * mebibyte)]);
    const { hints, lost } = await planAlignment(memory, readerOf(before), readerOf(after), () => {});
    // This probe lies in what was put in.
    expect(lost).toEqual([5 * mebibyte]);
    expect(hints.map(({ shift }) => shift)).toEqual([0, -4_444, 12 * mebibyte - 4_444]);
    for (const { position, shift } of hints) expect(after.subarray(position, position + 4_096).equals(before.subarray(position + shift, position + shift + 4_096))).toBe(true);
  });

  test('says what is nowhere to be found, and is not misled by bytes that are all the same', async () => {
    const after = Buffer.concat([before.subarray(0, 10 * mebibyte), seededBytes(3, 8 * mebibyte), Buffer.alloc(6 * mebibyte, 7), before.subarray(24 * mebibyte)]);
    const { hints, lost } = await planAlignment(memory, readerOf(before), readerOf(after), () => {});
    expect(hints).toEqual([{ position: 0, shift: 0 }]);
    expect(lost).toEqual(Array.from({ length: 8 }, (_, index) => (10 + index) * mebibyte));
  });

  test('can be stopped', async () => {
    const stop = () => {
      throw new RangeError('stopped');
    };
    await expect(planAlignment(memory, readerOf(before), readerOf(before), stop)).rejects.toThrow('stopped');
  });
});

test('an anchor table gives back what was collected, thinned out alike when there is too much', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ key: fc.nat(0xffff_ffff), position: fc.nat() }), { maxLength: 200 }), fc.integer({ min: 1, max: 50 }), (anchors, maxAnchors) => {
      const collector = new AnchorCollector(maxAnchors);
      for (const anchor of anchors) collector.add(anchor);
      const table = collector.finish();
      expect(table.keys.length).toBeLessThanOrEqual(maxAnchors);
      const first = new Map(anchors.toReversed().map(({ key, position }) => [key, position]));
      const kept = anchors.filter(({ key }) => findAnchor(table, key) !== undefined);
      for (const { key } of kept) expect(findAnchor(table, key)).toBe(first.get(key));
      expect(new Set(kept.map(({ key }) => key)).size).toBe(table.keys.length);
      expect(first.size > maxAnchors || table.keys.length === first.size).toBe(true);
    }),
  );
});

test('suggestions count when a neighbour says the same', () => {
  const found = [{ position: 900_000, shift: 5 }, { position: 10_000, shift: 3 }, { position: 700_000, shift: 5 }, { position: 20_000, shift: 3 }, { position: 30_000, shift: 9 }, { position: 5_000_000, shift: 3 }];
  expect(confirmHints(found)).toEqual([{ position: 10_000, shift: 3 }, { position: 700_000, shift: 5 }]);
  expect(mergeHints([{ position: 5, shift: 1 }, { position: 0, shift: 0 }, { position: 9, shift: 1 }, { position: 12, shift: 0 }])).toEqual([{ position: 0, shift: 0 }, { position: 5, shift: 1 }, { position: 12, shift: 0 }]);
});

test('a region gets the hints that concern it, and a window tries the nearest first', () => {
  const hints = [0, 100, 200, 300, 400].map((position, index) => ({ position, shift: index }));
  expect(hintsFor(hints, 150, 250).map(({ shift }) => shift)).toEqual([1, 2, 3]);
  expect(hintsFor(hints, 0, 100).map(({ shift }) => shift)).toEqual([0, 1]);
  expect(hintsFor(hints, 450, 500).map(({ shift }) => shift)).toEqual([4]);
  expect(shiftsToTry(9, hints, 290, 310)).toEqual([9, 3, 2, 4, 1, 0]);
  expect(shiftsToTry(0, Array.from({ length: 50 }, (_, shift) => ({ position: shift, shift })), 20, 21)).toHaveLength(8);
});
