import type { PayloadReader } from './payload-reader.ts';
import type { PayloadWriter } from './payload-writer.ts';
import type { ObjectReference } from './object-reference.ts';
import { isEntryName } from './entry-name.ts';
import type { ContentReference, ContentTable, TreeEntry, TreeEntryFacts, UnreadReason } from './tree-entry.ts';

/** At most this many references stand in an entry itself; more are moved to a list one level up. */
export const maxInlineReferences = 16;
/** Levels of lists above the content; 8 levels of at least 64 references each hold more than any disk. */
export const maxContentLevel = 8;

const typeCodes = { file: 1, directory: 2, symlink: 3, unread: 4 } as const;
const reasonCodes = { special: 1, permission: 2, failed: 3, 'other-file-system': 4, excluded: 5, repository: 6 } as const satisfies Record<UnreadReason, number>;
const reasons = new Map(Object.entries(reasonCodes).map(([reason, code]) => [code, reason as UnreadReason]));
const tornFlag = 1;
const settledFlag = 2;

/**
 * Writes one entry. All fields little-endian, no padding:
 *
 *     type u8 · flags u8 · mode u16 · user u32 · group u32 · links u32 · modified µs i64 · changed ns i64
 *     device u64 · inode u64 · size u64 · name (length u16, bytes) · body
 *
 * Body of a file or directory: level u8, count u8, and for directories and levels above 0 one measure u64 per reference;
 * of a symlink: target (length u16, bytes); of unread: reason u8.
 * The references themselves stand in the object's table, in the order of the entries; they are appended to `references`.
 */
export function writeTreeEntry(writer: PayloadWriter, references: ObjectReference[], entry: TreeEntry): void {
  writer.byte(typeCodes[entry.type]);
  writer.byte(entry.type === 'file' ? (entry.torn ? tornFlag : 0) | (entry.settled ? settledFlag : 0) : 0);
  writer.uint16(entry.mode);
  writer.uint32(entry.userId);
  writer.uint32(entry.groupId);
  writer.uint32(entry.linkCount);
  writer.int64(entry.modifiedMicros);
  writer.int64(entry.changedNanos);
  writer.uint64(entry.device);
  writer.uint64(entry.inode);
  writer.uint64(entry.size);
  writer.bytes16(entry.name);
  if (entry.type === 'symlink') writer.bytes16(entry.target);
  else if (entry.type === 'unread') writer.byte(reasonCodes[entry.reason]);
  else {
    writer.byte(entry.content.level);
    writer.byte(entry.content.references.length);
    for (const { measure, kind, id, lengthBytes, cut } of entry.content.references) {
      if (entry.type === 'directory' || entry.content.level > 0) writer.uint64(measure);
      references.push({ kind, id, lengthBytes, cut });
    }
  }
}

/** Reads one entry; `takeReference` hands out the object's references one by one. @throws {SnapshotError} `format/damaged` */
export function readTreeEntry(reader: PayloadReader, takeReference: () => ObjectReference, isRoot: boolean): TreeEntry {
  const type = reader.byte();
  const flags = reader.byte();
  const facts = readFacts(reader, isRoot);
  if (flags > (type === typeCodes.file ? tornFlag | settledFlag : 0)) reader.fail(`unknown flags ${flags}`);
  switch (type) {
    case typeCodes.file: {
      const content = readContent(reader, takeReference, 'data', facts.size);
      return { type: 'file', ...facts, torn: (flags & tornFlag) !== 0, settled: (flags & settledFlag) !== 0, content };
    }
    case typeCodes.directory:
      return { type: 'directory', ...facts, content: readContent(reader, takeReference, 'tree', facts.size) };
    case typeCodes.symlink: {
      const target = reader.bytes16();
      if (target.length === 0 || target.includes(0) || target.length !== facts.size) reader.fail('symlink target is not valid');
      return { type: 'symlink', ...facts, target };
    }
    case typeCodes.unread: {
      const reason = reasons.get(reader.byte());
      return reason === undefined ? reader.fail('unknown reason of an unread entry') : { type: 'unread', ...facts, reason };
    }
    default:
      return reader.fail(`unknown entry type ${type}`);
  }
}

function readFacts(reader: PayloadReader, isRoot: boolean): TreeEntryFacts {
  const facts = {
    mode: reader.uint16(), userId: reader.uint32(), groupId: reader.uint32(), linkCount: reader.uint32(),
    modifiedMicros: reader.int64(), changedNanos: reader.int64(),
    device: reader.uint64(), inode: reader.uint64(), size: reader.count(), name: reader.bytes16(),
  };
  if (facts.mode > 0o7777) reader.fail(`mode ${facts.mode.toString(8)} is out of range`);
  if (isRoot ? facts.name.length > 0 : !isEntryName(facts.name)) reader.fail('a name is not allowed');
  return facts;
}

function readContent(reader: PayloadReader, takeReference: () => ObjectReference, leafKind: 'data' | 'tree', size: number): ContentTable {
  const level = reader.byte();
  const count = reader.byte();
  if (level > maxContentLevel || count > maxInlineReferences) reader.fail(`level ${level} with ${count} references is out of range`);
  const references = Array.from({ length: count }, () => readContentReference(reader, takeReference, leafKind, level));
  if (references.reduce((sum, { measure }) => sum + measure, 0) !== size) reader.fail('content is not as long as its entry says');
  return { level, references };
}

/** Reads one reference at a level: its measure where one is stored, and its kind, which follows from the level. */
export function readContentReference(reader: PayloadReader, takeReference: () => ObjectReference, leafKind: 'data' | 'tree', level: number): ContentReference {
  const stored = leafKind === 'tree' || level > 0 ? reader.count() : undefined;
  const reference = takeReference();
  if (reference.kind !== (level === 0 ? leafKind : 'tree')) reader.fail(`a reference at level ${level} is of kind ${reference.kind}`);
  const measure = stored ?? reference.lengthBytes;
  if (measure === 0) reader.fail('a reference stands for nothing');
  return { ...reference, measure };
}
