import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadAllocatedRanges } from './allocated-ranges.ts';
import type { ByteRange } from './byte-range.ts';
import { readVolumePieces } from './read-pieces.ts';
import type { VolumePort } from './volume-port.ts';

const size = 40;
const range = fc.record({ offset: fc.nat(size), bytes: fc.nat(12) }).map(({ offset, bytes }) => ({ offset, bytes: Math.min(bytes, size - offset) }));
const covers = (ranges: readonly ByteRange[], at: number) => ranges.some(({ offset, bytes }) => at >= offset && at < offset + bytes);

function volumeOf(bytes: Uint8Array, allocated: readonly ByteRange[]): VolumePort & { reads: ByteRange[] } {
  const reads: ByteRange[] = [];
  return {
    description: 'memory', bytes: bytes.length, reads,
    async read(offset, into) {
      const part = bytes.subarray(offset, offset + into.length);
      reads.push({ offset, bytes: part.length });
      into.set(part);
      return part.length;
    },
    write: async () => {}, flush: async () => {}, holdsPath: async () => false,
    allocatedRanges: () => allocated,
  };
}

test('what is not allocated comes as zeros and is never read', async () => {
  await fc.assert(fc.asyncProperty(fc.array(range), range, async (allocated, within) => {
    const volume = volumeOf(new Uint8Array(size).fill(7), allocated);
    const pieces: number[] = [];
    for await (const piece of readVolumePieces(volume, within, await loadAllocatedRanges(volume))) pieces.push(...piece);
    expect(pieces).toEqual(Array.from({ length: within.bytes }, (_, at) => (covers(allocated, within.offset + at) ? 7 : 0)));
    for (const { offset, bytes } of volume.reads) for (let at = offset; at < offset + bytes; at++) expect(covers(allocated, at)).toBe(true);
  }));
});

test('a map that reaches outside of the volume is refused', async () => {
  await expect(loadAllocatedRanges(volumeOf(new Uint8Array(size), [{ offset: 30, bytes: 11 }]))).rejects.toMatchObject({ code: 'source/unreadable' });
});
