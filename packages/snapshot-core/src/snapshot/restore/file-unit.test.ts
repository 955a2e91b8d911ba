import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ContentReference, FileEntry } from '../../format/tree-entry.ts';
import { countPacked, packedChunkAt } from '../../format/packed-references.ts';
import { FileUnitWriter, filesOfUnit } from './file-unit.ts';

const reference: fc.Arbitrary<ContentReference> = fc.record({ id: fc.uint8Array({ minLength: 32, maxLength: 32 }), lengthBytes: fc.integer({ min: 1, max: 1_000_000 }) })
  .map(({ id, lengthBytes }) => ({ kind: 'data', id: Buffer.from(id).toString('hex'), lengthBytes, measure: lengthBytes, cut: 'content' }));
const file = fc.record({
  name: fc.uint8Array({ minLength: 1, maxLength: 255 }), mode: fc.nat(0o7777), userId: fc.nat(4_294_967_295), groupId: fc.nat(4_294_967_295),
  modifiedMicros: fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n }), sparse: fc.boolean(), references: fc.array(reference, { maxLength: 5 }), startsDirectory: fc.boolean(),
});

test('files come out of a unit as they went in, with their chunks and directories', () => {
  fc.assert(fc.property(fc.array(file, { maxLength: 30 }), (files) => {
    const writer = new FileUnitWriter();
    let directory = -1;
    const expected = files.map(({ references, startsDirectory, ...facts }, index) => {
      if (startsDirectory || index === 0) writer.startDirectory({ descriptor: 100 + ++directory });
      const size = references.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
      const entry: FileEntry = { type: 'file', ...facts, size, changedNanos: 0n, device: 0n, inode: 0n, linkCount: 1, torn: false, settled: true, content: { level: 0, references } };
      writer.add(entry, references);
      return { ...facts, directory, modifiedMicros: Number(facts.modifiedMicros), size, chunkCount: references.length };
    });
    expect([writer.fileCount, writer.contentBytes]).toEqual([files.length, expected.reduce((sum, { size }) => sum + size, 0)]);
    // As it arrives in another thread.
    const unit = structuredClone(writer.finish());
    expect([...filesOfUnit(unit)].map((each) => ({ ...each, name: new Uint8Array(each.name) }))).toEqual(expected);
    expect(unit.directories).toEqual(Array.from({ length: directory + 1 }, (_, index) => ({ descriptor: 100 + index })));
    const ids = files.flatMap(({ references }) => references.map(({ id }) => id));
    expect(Array.from({ length: countPacked(unit.packed) }, (_, ordinal) => Buffer.from(packedChunkAt(unit.packed, ordinal).id).toString('hex'))).toEqual(ids);
  }));
});
