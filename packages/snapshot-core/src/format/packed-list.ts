import { SnapshotError } from '../errors/snapshot-error.ts';
import { fingerprintBytes, objectKinds } from './object-reference.ts';
import { countPacked, packedLayout, packedLengthAt, packedReferenceBytes } from './packed-references.ts';
import { sameBytes } from './same-bytes.ts';
import { referenceLayout, treeObjectHeader, treeObjectLayout } from './tree-object.ts';
import { dataListPayload } from './tree-payload.ts';

const { tableAt, referenceBytes } = referenceLayout;
const { kindAt, markAt, fingerprintAt } = packedLayout;
const dataKind = objectKinds.indexOf('data');

/**
 * Encodes the list of chunks that `encodeStoredNode` would, from packed references: no text and no object for each of them. Images
 * have millions.
 *
 * @throws {SnapshotError} `format/self-check`
 */
export function encodePackedList(packed: Uint8Array): Uint8Array {
  const count = countPacked(packed);
  const payload = dataListPayload(count);
  let marks = 0;
  for (let at = markAt; at < packed.length; at += packedReferenceBytes) marks += packed[at] ?? 0;
  const encoded = new Uint8Array(tableAt + count * referenceBytes + marks * fingerprintBytes + payload.length);
  encoded.set(treeObjectHeader(count, payload.length));
  encoded.set(payload, encoded.length - payload.length);
  let fingerprintTo = tableAt + count * referenceBytes;
  for (let ordinal = 0; ordinal < count; ordinal++) {
    const at = ordinal * packedReferenceBytes;
    encoded.set(packed.subarray(at, at + referenceBytes), tableAt + ordinal * referenceBytes);
    if (packed[at + markAt] === 0) continue;
    encoded.set(packed.subarray(at + fingerprintAt, at + fingerprintAt + fingerprintBytes), fingerprintTo);
    fingerprintTo += fingerprintBytes;
  }
  const again = decodePackedList(encoded);
  if (again === undefined || !sameBytes(again, packed)) throw new SnapshotError('format/self-check', 'a list of chunks does not survive its own decoding; nothing was written');
  return encoded;
}

/**
 * Decodes a stored list of chunks into packed references, which belong to the caller. `undefined` for anything else, damaged ones
 * included: `decodeStoredNode` says what it is.
 */
export function decodePackedList(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const layout = treeObjectLayout(bytes);
  if (layout === undefined) return undefined;
  const { referenceCount, payloadAt } = layout;
  if (!sameBytes(bytes.subarray(0, tableAt), treeObjectHeader(referenceCount, bytes.length - payloadAt)) || !sameBytes(bytes.subarray(payloadAt), dataListPayload(referenceCount))) return undefined;
  const packed = new Uint8Array(referenceCount * packedReferenceBytes);
  let fingerprintFrom = tableAt + referenceCount * referenceBytes;
  for (let ordinal = 0; ordinal < referenceCount; ordinal++) {
    const from = tableAt + ordinal * referenceBytes;
    const at = ordinal * packedReferenceBytes;
    packed.set(bytes.subarray(from, from + referenceBytes), at);
    // Cut and mark were looked at with the layout.
    if (packed[at + kindAt] !== dataKind || packedLengthAt(packed, ordinal) === 0) return undefined;
    if (packed[at + markAt] === 0) continue;
    packed.set(bytes.subarray(fingerprintFrom, fingerprintFrom + fingerprintBytes), at + fingerprintAt);
    fingerprintFrom += fingerprintBytes;
  }
  return packed;
}
