import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyChunkReference } from '../../test/support/any-chunk-reference.ts';
import { countPacked, packedChunkAt, PackedReferenceWriter, toContentReference, toPackedChunk } from './packed-references.ts';

test('references come out as they went in, however many', () => {
  fc.assert(
    fc.property(fc.array(anyChunkReference, { maxLength: 40 }), (references) => {
      const writer = new PackedReferenceWriter(1);
      for (const each of references) writer.add(toPackedChunk(each));
      const packed = writer.finish();
      expect(countPacked(packed)).toBe(references.length);
      expect(references.map((_, ordinal) => toContentReference(packedChunkAt(packed, ordinal)))).toEqual(references);
    }),
  );
});
