import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gapsWithin, mergeRanges, rangesWithin } from './byte-range.ts';

const size = 200;
const range = fc.record({ offset: fc.nat(size), bytes: fc.nat(60) }).map(({ offset, bytes }) => ({ offset, bytes: Math.min(bytes, size - offset) }));

test('the same bytes are covered, by ascending ranges that neither touch nor are empty', () => {
  fc.assert(fc.property(fc.array(range), (ranges) => {
    const merged = mergeRanges(ranges, size) ?? [];
    const covered = (list: typeof ranges) => Array.from({ length: size }, (_, at) => list.some(({ offset, bytes }) => at >= offset && at < offset + bytes));
    expect(covered(merged)).toEqual(covered(ranges));
    for (const [index, { offset, bytes }] of merged.entries()) {
      expect(bytes).toBeGreaterThan(0);
      expect(merged[index + 1]?.offset ?? Number.POSITIVE_INFINITY).toBeGreaterThan(offset + bytes);
    }
  }));
});

test.each([
  [{ offset: -1, bytes: 2 }], [{ offset: 0.5, bytes: 1 }], [{ offset: 0, bytes: 201 }], [{ offset: 201, bytes: 0 }], [{ offset: 0, bytes: -1 }],
  [{ offset: Number.NaN, bytes: 1 }], [{ offset: 2 ** 53, bytes: 1 }],
])('one range like %o spoils the list', (bad) => {
  expect(mergeRanges([{ offset: 0, bytes: 10 }, bad], size)).toBeUndefined();
});

test('a part of ranges, and the gaps in it, say of each byte what the ranges say', () => {
  const covers = (ranges: readonly { offset: number; bytes: number }[], at: number) => ranges.some(({ offset, bytes }) => at >= offset && at < offset + bytes);
  fc.assert(fc.property(fc.array(range), range, (ranges, within) => {
    const map = mergeRanges(ranges, size) ?? [];
    const part = rangesWithin(map, within);
    const gaps = gapsWithin(map, within);
    expect([...part, ...gaps].every(({ bytes }) => bytes > 0) || within.bytes === 0).toBe(true);
    for (let at = 0; at < size; at++) {
      expect(covers(part, at)).toBe(covers(map, at) && covers([within], at));
      expect(covers(gaps, at)).toBe(!covers(map, at) && covers([within], at));
    }
  }));
});
