import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { RegionWindow, type ReadAt } from './region-window.ts';

/** A source whose byte at n is n * 7 + 3, read in pieces of at most `pieceBytes`. */
function openSource(sizeBytes: number, pieceBytes: number): { readAt: ReadAt; byteAt: (offset: number) => number } {
  const byteAt = (offset: number) => (offset * 7 + (offset >> 8) + 3) & 255;
  return {
    byteAt,
    readAt(into, position) {
      const count = Math.max(0, Math.min(into.length, pieceBytes, sizeBytes - position));
      for (let index = 0; index < count; index++) into[index] = byteAt(position + index);
      return count;
    },
  };
}

test('whatever is asked for, kept and skipped, the bytes are those of the source', () => {
  const step = fc.record({ lengthBytes: fc.integer({ min: 1, max: 400 }), keepBytes: fc.integer({ min: 0, max: 200 }), skipBytes: fc.integer({ min: 0, max: 900 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 900 }), fc.integer({ min: 0, max: 50 }), (steps, pieceBytes, start) => {
      const sizeBytes = 20_000;
      const { readAt, byteAt } = openSource(sizeBytes, pieceBytes);
      const memory = new Uint8Array(start + 1_000);
      let offset = 64;
      let kept = 64;
      const window = new RegionWindow(memory, start, 1_000, readAt, offset, sizeBytes);
      for (const { lengthBytes, keepBytes, skipBytes } of steps) {
        const available = Math.min(lengthBytes, sizeBytes - offset);
        if (available <= 0) return;
        kept = Math.max(kept, offset - keepBytes);
        window.keepFrom(kept);
        const at = window.place(offset, lengthBytes);
        for (let index = 0; index < available; index++) expect(memory[at + index]).toBe(byteAt(offset + index));
        expect(memory[window.place(kept, offset - kept)]).toBe(byteAt(kept));
        offset += available;
        if (skipBytes > 700) kept = offset += skipBytes;
      }
    }),
  );
});

test('a source that ends early is reported, not padded', () => {
  const { readAt } = openSource(500, 100);
  const window = new RegionWindow(new Uint8Array(2_000), 0, 2_000, readAt, 0, 1_000);
  expect(() => window.place(0, 1_000)).toThrow(expect.objectContaining({ code: 'source/unreadable', message: expect.stringContaining('byte 500') }));
});

test('nothing beyond the end of the region is read', () => {
  const asked: number[] = [];
  const window = new RegionWindow(new Uint8Array(2_000), 0, 2_000, (into, position) => (asked.push(position + into.length), into.length), 0, 700);
  window.place(0, 2_000);
  expect(Math.max(...asked)).toBe(700);
});
