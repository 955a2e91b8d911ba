import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { ByteReader } from '../format/byte-reader.ts';
import { ByteWriter } from '../format/byte-writer.ts';
import { deltaLimits } from './delta-format.ts';
import { decodeInstructions, encodeInstructions, type DeltaInstruction } from './delta-instruction.ts';

/** Literals that are compressed together. */
export interface LiteralFrame {
  readonly plainBytes: number;
  /** `zstd` with the old bytes of the frame's literals as its dictionary, where they have any. */
  readonly compression: 'none' | 'zstd';
  readonly stored: Uint8Array;
}

/** How to make one region of the result. */
export interface RegionRecord {
  readonly instructions: readonly DeltaInstruction[];
  readonly frames: readonly LiteralFrame[];
  /**
   * Empty, and the region's digest is the hash of its bytes. Or the lengths of the pieces it is cut into, and the digest is the
   * hash of the pieces' digests, one after the other: a snapshot knows those of its chunks, so that nothing needs to be read.
   */
  readonly pieceBytes: readonly number[];
}

const headBytes = 16;
const frameEntryBytes = 9;

/**
 * Encodes a record; see `docs/design/delta-format.md`.
 *
 * @param into is used where it is large enough
 * @returns the record, in `into` or in shared memory of its own
 */
export function encodeRegionRecord(record: RegionRecord, into?: SharedArrayBuffer): Uint8Array<SharedArrayBuffer> {
  const instructions = encodeInstructions(record.instructions);
  const packed = zstdCompressSync(instructions, { params: { [constants.ZSTD_c_compressionLevel]: 3 } });
  const head = new ByteWriter().u32(instructions.length).u32(packed.length).u32(record.frames.length).u32(record.pieceBytes.length);
  for (const frame of record.frames) head.u32(frame.plainBytes).u32(frame.stored.length).u8(frame.compression === 'none' ? 0 : 1);
  for (const lengthBytes of record.pieceBytes) head.u32(lengthBytes);
  const parts = [head.finish(), packed, ...record.frames.map(({ stored }) => stored)];
  const lengthBytes = sum(parts.map((part) => part.length));
  const encoded = new Uint8Array(into && into.byteLength >= lengthBytes ? into : new SharedArrayBuffer(lengthBytes), 0, lengthBytes);
  let at = 0;
  for (const part of parts) {
    encoded.set(part, at);
    at += part.length;
  }
  return encoded;
}

/**
 * Decodes a record. The frames are views into `bytes`, and still compressed.
 *
 * @param baseBytes size of the base, which instructions may not leave
 * @param regionBytes what the instructions must make, exactly
 * @throws {SnapshotError} `format/damaged`; no length is believed before it is checked
 */
export function decodeRegionRecord(bytes: Uint8Array, baseBytes: number, regionBytes: number, what: string): RegionRecord {
  const reader = new ByteReader(bytes, what);
  if (bytes.length < headBytes) throw reader.damaged(`it has only ${bytes.length} bytes`);
  const [instructionBytes, packedBytes, frameCount, pieceCount] = [reader.u32(), reader.u32(), reader.u32(), reader.u32()];
  if (instructionBytes > deltaLimits.instructionBytes) throw reader.damaged(`it has ${instructionBytes} bytes of instructions, more than any release writes`);
  if (frameCount * frameEntryBytes + pieceCount * 4 + packedBytes > reader.remaining) throw reader.damaged('it is shorter than its own tables');
  const table = Array.from({ length: frameCount }, () => ({ plainBytes: reader.u32(), storedBytes: reader.u32(), code: reader.u8() }));
  const pieceBytes = Array.from({ length: pieceCount }, () => reader.u32());
  const instructions = decodeInstructions(unpackInstructions(reader, packedBytes, instructionBytes), baseBytes, regionBytes, what);
  const frames = table.map(({ plainBytes, storedBytes, code }): LiteralFrame => {
    if (code > 1 || plainBytes === 0 || plainBytes > deltaLimits.frameBytes || storedBytes > plainBytes || (code === 0 && storedBytes !== plainBytes))
      throw reader.damaged('a frame breaks the rules of frames');
    return { plainBytes, compression: code === 0 ? 'none' : 'zstd', stored: reader.bytes(storedBytes) };
  });
  reader.finish();
  if (pieceCount > 0 && (pieceBytes.includes(0) || sum(pieceBytes) !== regionBytes)) throw reader.damaged('its pieces do not make the region');
  return { instructions, frames, pieceBytes };
}

function unpackInstructions(reader: ByteReader, packedBytes: number, plainBytes: number): Uint8Array {
  const packed = reader.bytes(packedBytes);
  let plain: Uint8Array;
  try {
    plain = zstdDecompressSync(packed, { maxOutputLength: Math.max(1, plainBytes) });
  } catch (error) {
    throw reader.damaged(`its instructions do not decompress (${String(error)})`);
  }
  if (plain.length !== plainBytes) throw reader.damaged(`its instructions have ${plain.length} bytes, not ${plainBytes}`);
  return plain;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
