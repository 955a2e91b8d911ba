import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blockBytes, differingBlocks } from './differing-blocks.ts';

test('applying the blocks gives what is wanted, and every block holds a difference', () => {
  const bytes = fc.uint8Array({ minLength: 0, maxLength: 20_000 });
  fc.assert(fc.property(bytes, fc.array(fc.nat(20_000), { maxLength: 6 }), fc.nat(20_000), fc.nat(10_000), (wanted, flips, presentLength, offset) => {
    const present = wanted.slice(0, presentLength);
    for (const at of flips) if (at < present.length) present[at] = (present[at] ?? 0) ^ 0xff;
    const result = new Uint8Array(wanted.length);
    result.set(present);
    for (const range of differingBlocks(wanted, present, offset)) {
      expect(range.offset === offset || range.offset % blockBytes === 0).toBe(true);
      const start = range.offset - offset;
      expect(Buffer.compare(wanted.subarray(start, start + range.bytes), present.subarray(start, start + range.bytes))).not.toBe(0);
      result.set(wanted.subarray(start, start + range.bytes), start);
    }
    expect(Buffer.from(result).equals(wanted)).toBe(true);
  }));
});

test('neighbouring blocks are one range; equal bytes are none', () => {
  const wanted = new Uint8Array(3 * blockBytes);
  const present = new Uint8Array(3 * blockBytes);
  expect(differingBlocks(wanted, present, 0)).toEqual([]);
  present[0] = present[blockBytes] = 1;
  expect(differingBlocks(wanted, present, 0)).toEqual([{ offset: 0, bytes: 2 * blockBytes }]);
});
