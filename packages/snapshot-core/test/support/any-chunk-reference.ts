import fc from 'fast-check';
import { cutMarks } from '../../src/format/object-reference.ts';
import type { ContentReference } from '../../src/format/tree-entry.ts';

/** A chunk of a content, as it may be stored: only what was cut by content ends a group. */
export const anyChunkReference: fc.Arbitrary<ContentReference> = fc
  .record({
    id: fc.uint8Array({ minLength: 32, maxLength: 32 }), lengthBytes: fc.integer({ min: 1, max: 4_294_967_295 }), cut: fc.constantFrom(...cutMarks),
    fingerprint: fc.option(fc.uint8Array({ minLength: 16, maxLength: 16 }), { nil: undefined }),
  })
  .map(({ id, lengthBytes, cut, fingerprint }) => ({
    kind: 'data', id: Buffer.from(id).toString('hex'), lengthBytes, measure: lengthBytes, cut, ...(fingerprint !== undefined && cut === 'content' && { fingerprint }),
  }));
