import { SnapshotError } from '../errors/snapshot-error.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { encodeChecked } from './encode-checked.ts';
import { requireFormatVersion } from './format-version.ts';
import { cutMarks, fingerprintBytes, objectKinds, type ObjectReference } from './object-reference.ts';
import { sameBytes } from './same-bytes.ts';

/**
 * A node: a table of references to other objects, and a payload that belongs to the layer above.
 *
 * The payload names objects by their position in the table, never by id. That is why prune and check can follow
 * every edge without knowing what a directory or an image is, and why an id can never be referenced unseen.
 */
export interface TreeObject {
  readonly references: readonly ObjectReference[];
  /** Opaque to this layer; may be empty. */
  readonly payload: Uint8Array;
}

const magic = Buffer.from('WRtr', 'latin1');
const headerBytes = 16;
const idBytes = 32;
const referenceBytes = 40;
const lengthAt = 32;
const kindAt = 36;
const cutAt = 37;
const markAt = 38;
const reservedAt = 39;

/**
 * Encodes a tree object. The same object always gives the same bytes, so equal folders become one stored object.
 *
 * @throws {SnapshotError} `argument/invalid` for a malformed id, a length beyond 2^32 - 1, or a fingerprint that does not have 16 bytes
 */
export function encodeTreeObject(tree: TreeObject): Uint8Array {
  return encodeChecked('a tree object', tree, writeTreeObject, decodeTreeObject);
}

/**
 * Decodes a tree object; refuses any byte it does not know. The payload is a view into `bytes`.
 *
 * @throws {SnapshotError} `format/damaged`, `format/unsupported`
 */
export function decodeTreeObject(bytes: Uint8Array): TreeObject {
  const reader = new ByteReader(bytes, 'a tree object');
  if (!sameBytes(reader.bytes(magic.length), magic)) throw reader.damaged('it does not start like one');
  requireFormatVersion(reader.u8(), 'a tree object');
  const flags = reader.u8();
  if (flags !== 0) throw new SnapshotError('format/unsupported', `a tree object carries flags ${flags}, which this release does not know`);
  reader.zeros(2);
  const count = reader.u32();
  const payloadBytes = reader.u32();
  // Before anything is allocated: a count nobody vouches for.
  if (reader.remaining < count * referenceBytes + payloadBytes) throw reader.damaged('its counts do not match its length');
  const references: ObjectReference[] = [];
  const marked: number[] = [];
  for (let ordinal = 0; ordinal < count; ordinal++) {
    const { reference, isMarked } = decodeReference(reader);
    references.push(reference);
    if (isMarked) marked.push(ordinal);
  }
  for (const ordinal of marked) {
    const reference = references[ordinal];
    if (reference !== undefined) references[ordinal] = { ...reference, fingerprint: reader.bytes(fingerprintBytes) };
  }
  const payload = reader.bytes(payloadBytes);
  reader.finish();
  return { references, payload };
}

/** Where the parts of a tree object lie; `undefined` when the bytes are not laid out like one of this version, or a reference cannot be decoded. Looks at nothing else. */
export function treeObjectLayout(bytes: Uint8Array): { readonly referenceCount: number; readonly payloadAt: number } | undefined {
  if (bytes.length < headerBytes || !sameBytes(bytes.subarray(0, magic.length), magic) || bytes[4] !== 1 || bytes[5] !== 0 || bytes[6] !== 0 || bytes[7] !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const referenceCount = view.getUint32(8, true);
  const payloadAt = bytes.length - view.getUint32(12, true);
  const tableEnd = headerBytes + referenceCount * referenceBytes;
  if (tableEnd > payloadAt) return undefined;
  let marks = 0;
  for (let at = headerBytes; at < tableEnd; at += referenceBytes) {
    const mark = bytes[at + markAt] ?? 0;
    if (!isKnownReference(bytes[at + kindAt] ?? 0, bytes[at + cutAt] ?? 0, mark) || bytes[at + reservedAt] !== 0) return undefined;
    marks += mark;
  }
  return tableEnd + marks * fingerprintBytes === payloadAt ? { referenceCount, payloadAt } : undefined;
}

/** Decodes one reference of a tree object whose layout is known to be right. @throws {SnapshotError} `format/damaged` */
export function decodeReferenceAt(bytes: Uint8Array, ordinal: number): ObjectReference {
  const at = headerBytes + ordinal * referenceBytes;
  const { reference, isMarked } = decodeReference(new ByteReader(bytes.subarray(at, at + referenceBytes), 'a tree object'));
  if (!isMarked) return reference;
  let marksBefore = 0;
  for (let mark = headerBytes + markAt; mark < at; mark += referenceBytes) marksBefore += bytes[mark] ?? 0;
  const referenceCount = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(8, true);
  const fingerprintAt = headerBytes + referenceCount * referenceBytes + marksBefore * fingerprintBytes;
  return { ...reference, fingerprint: bytes.subarray(fingerprintAt, fingerprintAt + fingerprintBytes) };
}

/** Where the fields of a reference lie, and where the table starts. */
export const referenceLayout = { tableAt: headerBytes, referenceBytes, idBytes, lengthAt, kindAt } as const;

/** The table of references alone, as `encodeTreeObject` writes it. */
export function encodeReferences(references: readonly ObjectReference[]): Uint8Array {
  const writer = new ByteWriter();
  for (const reference of references) writeReference(writer, reference);
  return writer.finish();
}

function writeReference(writer: ByteWriter, { id, lengthBytes, kind, cut, fingerprint }: ObjectReference): void {
  writer.hex(id, idBytes).u32(lengthBytes).u8(objectKinds.indexOf(kind)).u8(cutMarks.indexOf(cut)).u8(fingerprint === undefined ? 0 : 1).u8(0);
}

/** What a tree object starts with. */
export function treeObjectHeader(referenceCount: number, payloadBytes: number): Uint8Array {
  return new ByteWriter().bytes(magic).u8(1).u8(0).u16(0).u32(referenceCount).u32(payloadBytes).finish();
}

/** The same without looking whether it comes back, for callers that look at more than the object. */
export function writeTreeObject(tree: TreeObject): Uint8Array {
  const { references, payload } = tree;
  const writer = new ByteWriter().bytes(treeObjectHeader(references.length, payload.length));
  for (const reference of references) writeReference(writer, reference);
  for (const { fingerprint } of references) {
    if (fingerprint === undefined) continue;
    if (fingerprint.length !== fingerprintBytes) throw new SnapshotError('argument/invalid', `a fingerprint has ${fingerprintBytes} bytes, this one has ${fingerprint.length}`);
    writer.bytes(fingerprint);
  }
  return writer.bytes(payload).finish();
}

/** Only chunks that were cut by content end a group and can be marked. */
function isKnownReference(kind: number, cut: number, mark: number): boolean {
  return kind < objectKinds.length && cut < cutMarks.length && mark <= (kind === 0 && cut === 0 ? 1 : 0);
}

function decodeReference(reader: ByteReader): { readonly reference: ObjectReference; readonly isMarked: boolean } {
  const id = reader.hex(idBytes);
  const lengthBytes = reader.u32();
  const kind = objectKinds[reader.u8()];
  const cut = cutMarks[reader.u8()];
  const mark = reader.u8();
  reader.zeros(1);
  if (kind === undefined || cut === undefined || mark > (kind === 'data' && cut === 'content' ? 1 : 0)) throw reader.damaged('a reference has an unknown kind, cut or mark');
  return { reference: { id, lengthBytes, kind, cut }, isMarked: mark === 1 };
}
