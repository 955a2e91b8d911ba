import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { encodeChecked } from './encode-checked.ts';
import type { ObjectId } from './object-reference.ts';

/** What the snapshot was taken of. Both kinds have a tree object as their root. */
export type SnapshotSourceKind = (typeof sourceKinds)[number];

/** Source kinds by their stored number. */
const sourceKinds = ['tree', 'image'] as const;

/** Counts of one snapshot; bytes unless named otherwise. */
export interface SnapshotStatistics {
  /** Files, folders and links (tree), or 1 (image). */
  readonly entryCount: number;
  /** Logical size of everything in the snapshot. */
  readonly totalBytes: number;
  readonly chunkCount: number;
  /** Bytes of objects that were new to the repository. */
  readonly addedBytes: number;
  readonly durationMs: number;
}

/** What the caller decides about a snapshot; the repository adds the rest when it commits. */
export interface SnapshotDraft {
  /** Snapshot this one was compared with, if any. It may have been forgotten since. */
  readonly parentId?: string;
  /** Length of the chain of parents, counted by whoever takes the snapshot; says which part is re-hashed in this round. */
  readonly generation: number;
  /** When the source was read, milliseconds since 1970 UTC. */
  readonly timeMs: number;
  /** At most 255 bytes of UTF-8. */
  readonly hostname: string;
  /** At most 255 labels of at most 255 bytes; order is kept. */
  readonly labels: readonly string[];
  readonly source: {
    readonly kind: SnapshotSourceKind;
    /** For people: the path or device name, at most 65,535 bytes of UTF-8. */
    readonly description: string;
  };
  /** A saved tree object. */
  readonly rootId: ObjectId;
  readonly statistics: SnapshotStatistics;
  /** Something in it could not be read whole (torn or unreadable files); the tree says what. */
  readonly incomplete: boolean;
}

/** A committed snapshot: one file of its own, self-checking, never changed. */
export interface SnapshotRecord extends SnapshotDraft {
  /** 32 hexadecimal characters, random; also the name of the file. */
  readonly id: string;
  /** Prune epoch of the repository that the commit was checked against. */
  readonly pruneEpoch: number;
}

const snapshotIdBytes = 16;
const objectIdBytes = 32;
const hasParent = 1;
const isIncomplete = 2;

/** Encodes a record as the payload of a snapshot file. @throws {SnapshotError} `argument/invalid` for values that do not fit */
export function encodeSnapshotRecord(record: SnapshotRecord): Uint8Array {
  return encodeChecked('a snapshot record', record, encode, decodeSnapshotRecord);
}

/** Decodes the payload of a snapshot file. @throws {SnapshotError} `format/damaged` */
export function decodeSnapshotRecord(payload: Uint8Array): SnapshotRecord {
  const reader = new ByteReader(payload, 'a snapshot record');
  const id = reader.hex(snapshotIdBytes);
  const flags = reader.u8();
  if (flags > (hasParent | isIncomplete)) throw reader.damaged(`it carries unknown flags ${flags}`);
  const kind = sourceKinds[reader.u8()];
  if (kind === undefined) throw reader.damaged('its source kind is unknown');
  const parentId = reader.hex(snapshotIdBytes);
  if (!(flags & hasParent) && /[^0]/.test(parentId)) throw reader.damaged('it names a parent it says it has not');
  const rootId = reader.hex(objectIdBytes);
  const pruneEpoch = reader.u32();
  const generation = reader.u32();
  const timeMs = reader.u64();
  const statistics = { entryCount: reader.u64(), totalBytes: reader.u64(), chunkCount: reader.u64(), addedBytes: reader.u64(), durationMs: reader.u64() };
  const hostname = reader.text8();
  const description = reader.text16();
  const labels = Array.from({ length: reader.u8() }, () => reader.text8());
  reader.finish();
  return {
    id,
    ...(flags & hasParent && { parentId }),
    generation,
    timeMs,
    hostname,
    labels,
    source: { kind, description },
    rootId,
    statistics,
    incomplete: (flags & isIncomplete) !== 0,
    pruneEpoch,
  };
}

function encode(record: SnapshotRecord): Uint8Array {
  const { statistics } = record;
  const writer = new ByteWriter()
    .hex(record.id, snapshotIdBytes)
    .u8((record.parentId === undefined ? 0 : hasParent) | (record.incomplete ? isIncomplete : 0))
    .u8(sourceKinds.indexOf(record.source.kind))
    .hex(record.parentId ?? '0'.repeat(2 * snapshotIdBytes), snapshotIdBytes)
    .hex(record.rootId, objectIdBytes)
    .u32(record.pruneEpoch)
    .u32(record.generation)
    .u64(record.timeMs)
    .u64(statistics.entryCount)
    .u64(statistics.totalBytes)
    .u64(statistics.chunkCount)
    .u64(statistics.addedBytes)
    .u64(statistics.durationMs)
    .text8(record.hostname)
    .text16(record.source.description)
    .u8(record.labels.length);
  for (const label of record.labels) writer.text8(label);
  return writer.finish();
}
