import type { PackCipher } from '../encryption/pack-cipher.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { frameSealBytes, type PackFrame } from '../format/pack-directory.ts';
import type { PackManifest } from '../format/pack-manifest.ts';
import { sameBytes } from '../format/same-bytes.ts';
import { decompressFrames } from './decompress-frames.ts';
import { freeBytes } from './free-bytes.ts';
import type { PackCodec } from './pack-codec.ts';

/** What opening frames needs to know of their pack. */
export type FramePack = Pick<PackManifest, 'name' | 'prefix'>;

/** Frames decompressed per call, and their plain bytes: beyond that a call gains nothing. */
const maxBatchFrames = 16;
const maxBatchBytes = 2_097_152;

/** A frame as it was read. */
export interface StoredFrame {
  readonly pack: FramePack;
  readonly frame: PackFrame;
  readonly stored: Uint8Array | undefined;
}

/** `openStoredFrames` for frames of one pack. */
export function openFrames(codec: PackCodec, pack: FramePack, frames: readonly PackFrame[], stored: readonly Uint8Array[]): Uint8Array[] {
  return openStoredFrames(codec, frames.map((frame, index) => ({ pack, frame, stored: stored[index] })));
}

/**
 * Plain bytes of frames, in order and of exactly the lengths the directories say: decrypted, then decompressed, many at a time.
 *
 * The answers may share memory with each other and, where nothing had to be done, with `stored`. Encrypted frames are authentic; of
 * others only the lengths are proved, so verify the identity of each object.
 *
 * @throws {SnapshotError} `object/damaged` naming the first frame that is
 */
export function openStoredFrames(codec: PackCodec, frames: readonly StoredFrame[]): Uint8Array[] {
  const decrypted = frames.map((frame) => decryptFrame(codec.cipherOf(frame.pack.prefix), frame));
  const plain: Uint8Array[] = [];
  for (let at = 0; at < frames.length; ) {
    const batch = takeBatch(frames, at);
    if (batch.length === 0) {
      plain.push(decrypted[at++] ?? new Uint8Array(0));
      continue;
    }
    const compressed = decrypted.slice(at, at + batch.length);
    plain.push(...decompressBatch(batch, compressed));
    // Without a cipher they are the caller's.
    for (const [index, bytes] of compressed.entries()) if (bytes !== batch[index]?.stored) freeBytes(bytes);
    at += batch.length;
  }
  return plain;
}

/**
 * Whether the stored bytes of a frame are those that were written, as far as the frame itself can say: its tag when it is encrypted, its
 * seal when it is compressed. A frame that is neither is covered by the identities of its objects.
 */
export function verifyFrame(codec: PackCodec, pack: FramePack, frame: PackFrame, stored: Uint8Array): boolean {
  if (stored.length !== frame.storedBytes) return false;
  const cipher = codec.cipherOf(pack.prefix);
  if (cipher) return cipher.openFrame(frame.ordinal, stored, frame.seal) !== undefined;
  const expected = frame.compression === 'none' ? new Uint8Array(frameSealBytes) : codec.identity.digest(stored).subarray(0, frameSealBytes);
  return sameBytes(frame.seal, expected);
}

function decryptFrame(cipher: PackCipher | undefined, { pack, frame, stored }: StoredFrame): Uint8Array {
  if (stored?.length !== frame.storedBytes) throw damaged(pack, frame, `it has ${stored?.length ?? 0} of ${frame.storedBytes} bytes`);
  if (!cipher) return stored;
  const plain = cipher.openFrame(frame.ordinal, stored, frame.seal);
  if (!plain) throw damaged(pack, frame, 'it does not authenticate under its key');
  return plain;
}

/** The compressed frames from `at` on that one call shall decompress; none when the frame there is not compressed. */
function takeBatch(frames: readonly StoredFrame[], at: number): readonly StoredFrame[] {
  let end = at;
  let totalBytes = 0;
  for (let frame = frames[end]?.frame; frame?.compression === 'zstd' && end - at < maxBatchFrames; frame = frames[++end]?.frame) {
    totalBytes += frame.plainBytes;
    if (end > at && totalBytes > maxBatchBytes) break;
  }
  return frames.slice(at, end);
}

function decompressBatch(frames: readonly StoredFrame[], stored: readonly Uint8Array[]): Uint8Array[] {
  const inputs = frames.map(({ frame: { plainBytes } }, index) => ({ stored: stored[index] ?? new Uint8Array(0), plainBytes }));
  const together = decompressFrames(inputs);
  if (together) return together;
  // Something in the batch is damaged: name it, and give up nothing else.
  return frames.map(({ pack, frame }, index) => {
    const [plain] = decompressFrames(inputs.slice(index, index + 1)) ?? [];
    if (!plain) throw damaged(pack, frame, `it does not decompress to ${frame.plainBytes} bytes`);
    return plain;
  });
}

function damaged(pack: FramePack, frame: PackFrame, reason: string): SnapshotError {
  return new SnapshotError('object/damaged', `frame ${frame.ordinal} of the pack ${pack.name} is damaged: ${reason}; run check with readData`);
}
