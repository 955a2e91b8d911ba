import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutMarks } from '../../format/object-reference.ts';
import type { ContentReference } from '../../format/tree-entry.ts';
import { countPacked, packedChunkAt, PackedReferenceWriter, toContentReference, toPackedChunk } from './packed-references.ts';

const reference: fc.Arbitrary<ContentReference> = fc
  .record({
    id: fc.uint8Array({ minLength: 32, maxLength: 32 }), lengthBytes: fc.integer({ min: 1, max: 4_294_967_295 }), cut: fc.constantFrom(...cutMarks),
    fingerprint: fc.option(fc.uint8Array({ minLength: 16, maxLength: 16 }), { nil: undefined }),
  })
  .map(({ id, lengthBytes, cut, fingerprint }) => ({
    kind: 'data', id: Buffer.from(id).toString('hex'), lengthBytes, measure: lengthBytes, cut, ...(fingerprint !== undefined && { fingerprint }),
  }));

test('references come out as they went in, however many', () => {
  fc.assert(
    fc.property(fc.array(reference, { maxLength: 40 }), (references) => {
      const writer = new PackedReferenceWriter(1);
      for (const each of references) writer.add(toPackedChunk(each));
      const packed = writer.finish();
      expect(countPacked(packed)).toBe(references.length);
      expect(references.map((_, ordinal) => toContentReference(packedChunkAt(packed, ordinal)))).toEqual(references);
    }),
  );
});
