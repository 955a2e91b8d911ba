import { readAttributes, writeAttributes } from './attributes-codec.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { ObjectReference } from './object-reference.ts';
import { isEntryName } from './entry-name.ts';
import type { EntryAttributes } from './extended-attribute.ts';
import type { ContentReference, ContentTable, TreeEntry, TreeEntryFacts, UnreadReason } from './tree-entry.ts';

/** At most this many references stand in an entry itself; more are moved to a list one level up. */
export const maxInlineReferences = 16;
/** Levels of lists above the content; 8 levels of at least 64 references each hold more than any disk. */
export const maxContentLevel = 8;

const typeCodes = { file: 1, directory: 2, symlink: 3, unread: 4 } as const;
const reasonCodes = { special: 1, permission: 2, failed: 3, 'other-file-system': 4, excluded: 5, repository: 6, offline: 7, encrypted: 8, damaged: 9 } as const satisfies Record<UnreadReason, number>;
const reasons = new Map<number, UnreadReason>(Object.entries(reasonCodes).map(([reason, code]) => [code, reason as UnreadReason]));
const tornFlag = 1;
const settledFlag = 2;
const sparseFlag = 4;
const attributesCompleteFlag = 8;
const attributesFollowFlag = 16;
const incompleteFlag = 32;
const fileFlags = tornFlag | settledFlag | sparseFlag;
const attributeFlags = attributesCompleteFlag | attributesFollowFlag;

/** Where the fields of an entry lie, for code that compares entries as they are stored. */
export const entryLayout = {
  /** Of a page's payload, before its entries. */
  pageHeaderBytes: 6,
  flagsAt: 1, modeAt: 2, userAt: 4, groupAt: 8, linksAt: 12, modifiedAt: 16, changedAt: 24, deviceAt: 32, inodeAt: 40, sizeAt: 48, nameLengthAt: 56, nameAt: 58,
  fileType: typeCodes.file, directoryType: typeCodes.directory, symlinkType: typeCodes.symlink,
  attributesFollowFlag,
  /** Flags that decide whether a file's entry may be taken over unread, and what they have to be: not torn, settled, attributes complete. */
  trustMask: ~(sparseFlag | attributesFollowFlag) & 0xff,
  trustedFlags: settledFlag | attributesCompleteFlag,
} as const;

/**
 * Writes one entry. All fields little-endian, no padding:
 *
 *     type u8 · flags u8 · mode u16 · user u32 · group u32 · links u32 · modified µs i64 · changed ns i64
 *     device u64 · inode u64 · size u64 · name (length u16, bytes) · extended attributes, if a flag says so · body
 *
 * Body of a file or directory: level u8, count u8, and for directories and levels above 0 one measure u64 per reference;
 * of a symlink: target (length u16, bytes); of unread: reason u8.
 * The references themselves stand in the object's table, in the order of the entries; they are appended to `references`.
 */
export function writeTreeEntry(writer: ByteWriter, references: ObjectReference[], entry: TreeEntry): void {
  writer
    .u8(typeCodes[entry.type])
    .u8(flagsOf(entry))
    .u16(entry.mode)
    .u32(entry.userId)
    .u32(entry.groupId)
    .u32(entry.linkCount)
    .i64(entry.modifiedMicros)
    .i64(entry.changedNanos)
    // Unsigned on disk: Windows file ids use the top bit.
    .i64(BigInt.asIntN(64, entry.device))
    .i64(BigInt.asIntN(64, entry.inode))
    .u64(entry.size)
    .u16(entry.name.length)
    .bytes(entry.name);
  if (entry.type !== 'unread' && entry.attributes !== undefined && entry.attributes.list.length > 0) writeAttributes(writer, entry.attributes.list);
  if (entry.type === 'symlink') writer.u16(entry.target.length).bytes(entry.target);
  else if (entry.type === 'unread') writer.u8(reasonCodes[entry.reason]);
  else {
    writer.u8(entry.content.level).u8(entry.content.references.length);
    for (const reference of entry.content.references) {
      if (entry.type === 'directory' || entry.content.level > 0) writer.u64(reference.measure);
      references.push(reference);
    }
  }
}

function flagsOf(entry: TreeEntry): number {
  if (entry.type === 'unread') return 0;
  const { attributes } = entry;
  const ofAttributes = attributes === undefined ? 0 : (attributes.complete ? attributesCompleteFlag : 0) | (attributes.list.length > 0 ? attributesFollowFlag : 0);
  if (entry.type === 'directory') return ofAttributes | (entry.incomplete === true ? incompleteFlag : 0);
  return entry.type !== 'file' ? ofAttributes : ofAttributes | (entry.torn ? tornFlag : 0) | (entry.settled ? settledFlag : 0) | (entry.sparse ? sparseFlag : 0);
}

/** Reads one entry; `takeReference` hands out the object's references one by one. @throws {SnapshotError} `format/damaged` */
export function readTreeEntry(reader: ByteReader, takeReference: () => ObjectReference, isRoot: boolean): TreeEntry {
  const type = reader.u8();
  const flags = reader.u8();
  const known = (type === typeCodes.file ? fileFlags : type === typeCodes.directory ? incompleteFlag : 0) | (type === typeCodes.unread ? 0 : attributeFlags);
  if ((flags & ~known) !== 0) refuse(reader, `unknown flags ${flags}`);
  const common = readFacts(reader, isRoot);
  const attributes = readEntryAttributes(reader, flags);
  const facts = { ...common, ...(attributes !== undefined && { attributes }) };
  switch (type) {
    case typeCodes.file: {
      const content = readContent(reader, takeReference, 'data', facts.size);
      return { type: 'file', ...facts, torn: (flags & tornFlag) !== 0, settled: (flags & settledFlag) !== 0, sparse: (flags & sparseFlag) !== 0, content };
    }
    case typeCodes.directory:
      return { type: 'directory', ...facts, ...((flags & incompleteFlag) !== 0 && { incomplete: true as const }), content: readContent(reader, takeReference, 'tree', facts.size) };
    case typeCodes.symlink: {
      const target = reader.bytes(reader.u16());
      if (target.length === 0 || target.includes(0) || target.length !== facts.size) refuse(reader, 'symlink target is not valid');
      return { type: 'symlink', ...facts, target };
    }
    case typeCodes.unread: {
      const reason = reasons.get(reader.u8());
      return reason === undefined ? refuse(reader, 'unknown reason of an unread entry') : { type: 'unread', ...common, reason };
    }
    default:
      return refuse(reader, `unknown entry type ${type}`);
  }
}

function readFacts(reader: ByteReader, isRoot: boolean): TreeEntryFacts {
  const facts = {
    mode: reader.u16(), userId: reader.u32(), groupId: reader.u32(), linkCount: reader.u32(),
    modifiedMicros: reader.i64(), changedNanos: reader.i64(),
    device: BigInt.asUintN(64, reader.i64()), inode: BigInt.asUintN(64, reader.i64()), size: reader.u64(), name: reader.bytes(reader.u16()),
  };
  if (facts.mode > 0o7777) refuse(reader, `mode ${facts.mode.toString(8)} is out of range`);
  if (isRoot ? facts.name.length > 0 : !isEntryName(facts.name)) refuse(reader, 'a name is not allowed');
  return facts;
}

function readEntryAttributes(reader: ByteReader, flags: number): EntryAttributes | undefined {
  if ((flags & attributeFlags) === 0) return undefined;
  return { list: (flags & attributesFollowFlag) === 0 ? [] : readAttributes(reader), complete: (flags & attributesCompleteFlag) !== 0 };
}

function readContent(reader: ByteReader, takeReference: () => ObjectReference, leafKind: 'data' | 'tree', size: number): ContentTable {
  const level = reader.u8();
  const count = reader.u8();
  if (level > maxContentLevel || count > maxInlineReferences) refuse(reader, `level ${level} with ${count} references is out of range`);
  const references = Array.from({ length: count }, () => readContentReference(reader, takeReference, leafKind, level));
  if (references.reduce((sum, { measure }) => sum + measure, 0) !== size) refuse(reader, 'content is not as long as its entry says');
  return { level, references };
}

/** Reads one reference at a level: its measure where one is stored, and its kind, which follows from the level. */
export function readContentReference(reader: ByteReader, takeReference: () => ObjectReference, leafKind: 'data' | 'tree', level: number): ContentReference {
  const stored = leafKind === 'tree' || level > 0 ? reader.u64() : undefined;
  const reference = takeReference();
  if (reference.kind !== (level === 0 ? leafKind : 'tree')) refuse(reader, `a reference at level ${level} is of kind ${reference.kind}`);
  const measure = stored ?? reference.lengthBytes;
  if (measure === 0) refuse(reader, 'a reference stands for nothing');
  return { ...reference, measure };
}

/** As a function, so that refusing can stand where a value is expected. */
export function refuse(reader: ByteReader, reason: string): never {
  throw reader.damaged(reason);
}
