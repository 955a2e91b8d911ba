import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SlabPool, SlabWriter } from './slabs.ts';

const slabBytes = 4_194_304;

test('what is appended comes out in order, each piece in one piece, and memory is used again', () => {
  const pool = new SlabPool(4);
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0, 1, 1_000, 1_500_000, slabBytes - 1, slabBytes, slabBytes + 1), { maxLength: 6 }), (lengths) => {
      const writer = new SlabWriter(pool);
      const places = lengths.map((length, index) => ({ length, index, place: writer.append(new Uint8Array(length).fill(index + 1)) }));
      for (const { length, index, place } of places) {
        expect(place.length).toBe(length);
        expect(Buffer.compare(place, Buffer.alloc(length, index + 1))).toBe(0);
      }
      const expected = Buffer.concat(lengths.map((length, index) => new Uint8Array(length).fill(index + 1)));
      expect(Buffer.concat(writer.parts()).equals(expected)).toBe(true);
      writer.release();
    }),
    { numRuns: 40 },
  );
  const slab = pool.take();
  pool.give(slab);
  expect(pool.take() === slab).toBe(true);
});

test('no more is kept than was asked for', () => {
  const pool = new SlabPool(1);
  const [first, second] = [pool.take(), pool.take()];
  pool.give(first);
  pool.give(second);
  expect(pool.take() === first).toBe(true);
  expect(pool.take() === second).toBe(false);
});
