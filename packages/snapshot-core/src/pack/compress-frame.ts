import { constants, zstdCompressSync } from 'node:zlib';
import { freeBytes } from './free-bytes.ts';

/** A frame that would not shrink by 3 % is stored plain: it reads faster. */
const worthwhileShare = 0.97;
const compressionLevel = 1;

/** The bytes as one zstd frame that carries its content size, or `undefined` when that would not be worth it. The caller owns it; `freeBytes` it. */
export function compressFrame(plain: Uint8Array): Uint8Array | undefined {
  const worthwhileBytes = Math.floor(plain.length * worthwhileShare);
  // Room for the worst case, so that the call allocates once: it is the allocations that make it slow.
  const chunkSize = Math.max(64, plain.length + (plain.length >> 7) + 128);
  const params = { [constants.ZSTD_c_compressionLevel]: compressionLevel, [constants.ZSTD_c_checksumFlag]: 0 };
  const compressed = zstdCompressSync(plain, { chunkSize, pledgedSrcSize: plain.length, params });
  if (compressed.length <= worthwhileBytes) return compressed;
  freeBytes(compressed);
  return undefined;
}
