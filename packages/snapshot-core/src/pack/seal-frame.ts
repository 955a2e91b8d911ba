import type { PackCipher } from '../encryption/pack-cipher.ts';
import type { FrameCompression } from '../format/pack-directory.ts';
import { frameSealBytes } from '../format/pack-directory.ts';
import { compressFrame } from './compress-frame.ts';
import { freeBytes } from './free-bytes.ts';
import type { PackCodec } from './pack-codec.ts';

/** A frame as it is stored. */
export interface SealedFrame {
  /** The very plain bytes that were given, when nothing had to be done to them. */
  readonly stored: Uint8Array;
  readonly compression: FrameCompression;
  readonly seal: Uint8Array;
}

/** The seal of a frame that is stored as it is. */
export const noSeal = new Uint8Array(frameSealBytes);

/**
 * Compresses a frame where that is worth it, then encrypts it where the repository is encrypted.
 *
 * @param looksIncompressible true stores it uncompressed without trying
 */
export function sealFrame(codec: PackCodec, cipher: PackCipher | undefined, ordinal: number, plain: Uint8Array, looksIncompressible: boolean): SealedFrame {
  const compressed = codec.spec.compression === 'zstd' && !looksIncompressible ? compressFrame(plain) : undefined;
  const compression = compressed ? 'zstd' : 'none';
  if (cipher) {
    const { bytes, tag } = cipher.sealFrame(ordinal, compressed ?? plain);
    if (compressed) freeBytes(compressed);
    return { stored: bytes, compression, seal: tag };
  }
  // Identity does not cover compressed bytes: a decoder accepts many that are damaged.
  if (compressed) return { stored: compressed, compression, seal: codec.identity.digest(compressed).subarray(0, frameSealBytes) };
  return { stored: plain, compression, seal: noSeal };
}
