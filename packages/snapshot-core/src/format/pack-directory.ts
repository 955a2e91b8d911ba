import { SnapshotError } from '../errors/snapshot-error.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { encodeChecked } from './encode-checked.ts';
import { maxObjectBytes, type ObjectId } from './object-reference.ts';

/** Objects stored together: the unit of compression and encryption. */
export interface PackFrame {
  /** From the start of the file. */
  readonly offset: number;
  readonly storedBytes: number;
  readonly plainBytes: number;
}

/** One object in a pack. */
export interface PackedObject {
  readonly id: ObjectId;
  readonly frame: PackFrame;
  /** Within the frame's plain bytes. */
  readonly offset: number;
  readonly lengthBytes: number;
}

/** What lies where in a pack. Frames tile the file, objects tile their frames: no stored byte is outside of an object. */
export interface PackDirectory {
  readonly frames: readonly PackFrame[];
  /** In storage order. */
  readonly objects: readonly PackedObject[];
}

/** Bytes before the first frame. */
export const packPrefixBytes = 32;
const objectIdBytes = 32;
const frameEntryBytes = 32;
const objectEntryBytes = 36;
const frameSealBytes = 16;
const noCompression = 0;

/** Encodes the directory of a pack whose frames are stored as they are. Only lengths are written; offsets follow from them. */
export function encodePackDirectory(directory: PackDirectory): Uint8Array {
  return encodeChecked('a pack directory', directory, encode, decodePackDirectory);
}

/** Decodes a directory whose seal was verified already. @throws {SnapshotError} `format/damaged`, `format/unsupported` */
export function decodePackDirectory(bytes: Uint8Array): PackDirectory {
  const reader = new ByteReader(bytes, 'a pack directory');
  const frameCount = reader.u32();
  const objectCount = reader.u32();
  if (reader.remaining !== frameCount * frameEntryBytes + objectCount * objectEntryBytes) throw reader.damaged('its counts do not match its length');
  let frameOffset = packPrefixBytes;
  const entries = Array.from({ length: frameCount }, () => {
    const storedBytes = reader.u32();
    const frame = { offset: frameOffset, storedBytes, plainBytes: reader.u32() };
    const count = reader.u32();
    const compression = reader.u8();
    if (compression !== noCompression) throw new SnapshotError('format/unsupported', `a pack uses compression number ${compression}, unknown to this release. Use a release that knows it`);
    reader.zeros(3 + frameSealBytes);
    if (frame.plainBytes !== storedBytes || count === 0) throw reader.damaged('a frame contradicts itself');
    frameOffset += storedBytes;
    return { frame, count };
  });
  const objects: PackedObject[] = [];
  for (const { frame, count } of entries) {
    let offset = 0;
    for (let index = 0; index < count; index++) {
      const lengthBytes = reader.u32();
      if (lengthBytes > maxObjectBytes) throw reader.damaged(`an object of ${lengthBytes} bytes is larger than objects are`);
      objects.push({ id: reader.hex(objectIdBytes), frame, offset, lengthBytes });
      offset += lengthBytes;
    }
    if (offset !== frame.plainBytes) throw reader.damaged('the objects of a frame do not fill it');
  }
  reader.finish();
  return { frames: entries.map(({ frame }) => frame), objects };
}

function encode({ frames, objects }: PackDirectory): Uint8Array {
  const counts = new Map<PackFrame, number>();
  for (const { frame } of objects) counts.set(frame, (counts.get(frame) ?? 0) + 1);
  const writer = new ByteWriter().u32(frames.length).u32(objects.length);
  for (const frame of frames)
    writer.u32(frame.storedBytes).u32(frame.plainBytes).u32(counts.get(frame) ?? 0).u8(noCompression).bytes(new Uint8Array(3 + frameSealBytes));
  for (const { id, lengthBytes } of objects) writer.u32(lengthBytes).hex(id, objectIdBytes);
  return writer.finish();
}
