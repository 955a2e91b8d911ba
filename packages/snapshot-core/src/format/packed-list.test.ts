import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyChunkReference } from '../../test/support/any-chunk-reference.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { decodePackedList, encodePackedList } from './packed-list.ts';
import { packReferences } from './packed-references.ts';
import { decodeStoredNode, encodeStoredNode } from './stored-tree-node.ts';

const manyReferences = fc.array(anyChunkReference, { maxLength: 40 });

test('a packed list has the bytes of the same list node, and comes back', () => {
  fc.assert(
    fc.property(manyReferences, (references) => {
      const packed = packReferences(references);
      const encoded = encodePackedList(packed);
      expect(hexOf(encoded)).toBe(hexOf(encodeStoredNode({ type: 'list', leafKind: 'data', level: 1, references })));
      expect(hexOf(decodePackedList(encoded))).toBe(hexOf(packed));
    }),
  );
});

test('whatever is altered, exactly what decodes as a list of chunks decodes as a packed one, to the same references', () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 });
  fc.assert(
    fc.property(manyReferences, changes, fc.integer({ min: -3, max: 3 }), (references, altered, by) => {
      const list = encodePackedList(packReferences(references));
      const encoded = new Uint8Array(list.length + by);
      encoded.set(list.subarray(0, encoded.length));
      for (const [at, byte] of altered) encoded[at % encoded.length] = byte;
      expect(hexOf(decodePackedList(encoded))).toBe(hexOf(decodedAsNode(encoded)));
    }),
    { numRuns: 3_000 },
  );
});

function decodedAsNode(encoded: Uint8Array): Uint8Array | undefined {
  try {
    const node = decodeStoredNode(encoded, 'a list');
    return node.type === 'list' && node.leafKind === 'data' && node.level === 1 ? packReferences(node.references) : undefined;
  } catch (error) {
    if (SnapshotError.isInstance(error)) return undefined;
    throw error;
  }
}

function hexOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes).toString('hex');
}
