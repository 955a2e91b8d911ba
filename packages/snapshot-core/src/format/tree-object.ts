import { SnapshotError } from '../errors/snapshot-error.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { encodeChecked } from './encode-checked.ts';
import { requireFormatVersion } from './format-version.ts';
import { cutMarks, objectKinds, type ObjectReference } from './object-reference.ts';
import { sameBytes } from './same-bytes.ts';

/**
 * A node: a table of references to other objects, and a payload that belongs to the layer above.
 *
 * The payload names objects by their position in the table, never by id. That is why prune and check can follow
 * every edge without knowing what a directory or an image is, and why an id can never be referenced unseen.
 */
export interface TreeObject {
  readonly references: readonly ObjectReference[];
  /** One 16-byte sealed fingerprint per reference, in order; absent when the writer kept none. */
  readonly fingerprints?: readonly Uint8Array[];
  /** Opaque to this layer; may be empty. */
  readonly payload: Uint8Array;
}

const magic = Buffer.from('WRtr', 'latin1');
const idBytes = 32;
const referenceBytes = 40;
const fingerprintBytes = 16;
const hasFingerprints = 1;

/**
 * Encodes a tree object. The same object always gives the same bytes, so equal folders become one stored object.
 *
 * @throws {SnapshotError} `argument/invalid` for a malformed id, a length beyond 2^32 - 1, or a fingerprint count that does not match
 */
export function encodeTreeObject(tree: TreeObject): Uint8Array {
  return encodeChecked('a tree object', tree, encode, decodeTreeObject);
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
  if (flags > hasFingerprints) throw new SnapshotError('format/unsupported', `a tree object carries flags ${flags}, which this release does not know`);
  reader.zeros(2);
  const count = reader.u32();
  const payloadBytes = reader.u32();
  const perReference = referenceBytes + (flags === hasFingerprints ? fingerprintBytes : 0);
  if (reader.remaining !== count * perReference + payloadBytes) throw reader.damaged('its counts do not match its length');
  const references = Array.from({ length: count }, () => decodeReference(reader));
  const fingerprints = flags === hasFingerprints ? Array.from({ length: count }, () => reader.bytes(fingerprintBytes)) : undefined;
  const payload = reader.bytes(payloadBytes);
  reader.finish();
  return { references, payload, ...(fingerprints && { fingerprints }) };
}

function encode(tree: TreeObject): Uint8Array {
  const { references, fingerprints, payload } = tree;
  if (fingerprints && (fingerprints.length !== references.length || fingerprints.some(({ length }) => length !== fingerprintBytes)))
    throw new SnapshotError('argument/invalid', `a tree object needs one fingerprint of ${fingerprintBytes} bytes for each of its ${references.length} references, or none at all`);
  const writer = new ByteWriter().bytes(magic).u8(1).u8(fingerprints ? hasFingerprints : 0).u16(0).u32(references.length).u32(payload.length);
  for (const { id, lengthBytes, kind, cut } of references)
    writer.hex(id, idBytes).u32(lengthBytes).u8(objectKinds.indexOf(kind)).u8(cutMarks.indexOf(cut)).u16(0);
  for (const fingerprint of fingerprints ?? []) writer.bytes(fingerprint);
  return writer.bytes(payload).finish();
}

function decodeReference(reader: ByteReader): ObjectReference {
  const id = reader.hex(idBytes);
  const lengthBytes = reader.u32();
  const kind = objectKinds[reader.u8()];
  const cut = cutMarks[reader.u8()];
  reader.zeros(2);
  if (kind === undefined || cut === undefined) throw reader.damaged('a reference has an unknown kind or cut');
  return { id, lengthBytes, kind, cut };
}
