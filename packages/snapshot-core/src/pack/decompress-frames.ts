import { zstdDecompressSync } from 'node:zlib';
import { freeBytes } from './free-bytes.ts';

/** Bytes of one zstd frame, and what they must become. */
export interface CompressedFrame {
  readonly stored: Uint8Array;
  readonly plainBytes: number;
}

/**
 * Decompresses zstd frames in one call: the fixed cost of a call is that of several frames. The answers share one buffer.
 *
 * Gives `undefined` unless each frame says its exact length, and the whole has it. Never makes more bytes than the frames may have.
 * Does not prove the contents: zstd ignores what follows its frames and accepts many flipped bits.
 */
export function decompressFrames(frames: readonly CompressedFrame[]): Uint8Array[] | undefined {
  let totalBytes = 0;
  for (const { stored, plainBytes } of frames) {
    if (contentSizeOf(stored) !== plainBytes) return undefined;
    totalBytes += plainBytes;
  }
  const [first] = frames;
  if (!first || totalBytes === 0) return undefined;
  const input = frames.length === 1 ? first.stored : Buffer.concat(frames.map(({ stored }) => stored));
  const plain = decompress(input, totalBytes);
  if (frames.length > 1) freeBytes(input);
  if (!plain) return undefined;
  let at = 0;
  return frames.map(({ plainBytes }) => plain.subarray(at, (at += plainBytes)));
}

/** Not a Buffer, whose slice() would be a view. */
function decompress(input: Uint8Array, totalBytes: number): Uint8Array | undefined {
  try {
    // One byte more than needed: a chunk that is filled makes the call allocate the next.
    const plain = zstdDecompressSync(input, { chunkSize: Math.max(64, totalBytes + 1), maxOutputLength: totalBytes });
    return plain.length === totalBytes ? new Uint8Array(plain.buffer, plain.byteOffset, totalBytes) : undefined;
  } catch {
    return undefined;
  }
}

const zstdMagic = 0xfd2f_b528;

/** The content size in the header of a zstd frame; `undefined` without one. The decoder holds a frame to it. */
function contentSizeOf(bytes: Uint8Array): number | undefined {
  if (bytes.length < 6) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0, true) !== zstdMagic) return undefined;
  const descriptor = view.getUint8(4);
  const sizeFlag = descriptor >> 6;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const hasDictionary = (descriptor & 0x03) !== 0;
  const at = isSingleSegment ? 5 : 6;
  if (hasDictionary || at + 2 ** sizeFlag > bytes.length) return undefined;
  if (sizeFlag === 0) return isSingleSegment ? view.getUint8(at) : undefined;
  if (sizeFlag === 1) return view.getUint16(at, true) + 256;
  if (sizeFlag === 2) return view.getUint32(at, true);
  return undefined;
}
