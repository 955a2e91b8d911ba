import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasZeroBlock, holeBlockBytes, nonZeroRuns } from './non-zero-runs.ts';

/** Zeros with a few bytes set. */
const bytesArbitrary = fc.tuple(fc.nat(30_000), fc.array(fc.nat(29_999), { maxLength: 5 })).map(([length, set]) => {
  const bytes = new Uint8Array(length);
  for (const at of set) if (at < length) bytes[at] = 1;
  return bytes;
});

test('writing the runs into zeros gives the bytes, and no block of zeros is written', () => {
  fc.assert(fc.property(bytesArbitrary, fc.nat(20_000), (bytes, offset) => {
    const file = new Uint8Array(offset + bytes.length);
    let end = -1;
    for (const run of nonZeroRuns(bytes, offset)) {
      expect(run.offset).toBeGreaterThan(end);
      end = run.offset + run.bytes;
      file.set(bytes.subarray(run.offset - offset, end - offset), run.offset);
      for (let at = run.offset; at < end; at = at - (at % holeBlockBytes) + holeBlockBytes)
        expect(bytes.subarray(at - offset, Math.min(end, at - (at % holeBlockBytes) + holeBlockBytes) - offset)).toContain(1);
    }
    expect(Buffer.compare(file.subarray(offset), bytes)).toBe(0);
  }));
});

test('a block of zeros is seen when it is whole and lies on the grid of the file', () => {
  fc.assert(fc.property(bytesArbitrary, fc.nat(20_000), (bytes, offset) => {
    let expected = false;
    for (let at = offset; at + holeBlockBytes <= offset + bytes.length; at++)
      if (at % holeBlockBytes === 0 && !bytes.subarray(at - offset, at - offset + holeBlockBytes).includes(1)) expected = true;
    expect(hasZeroBlock(bytes, offset)).toBe(expected);
  }));
});
