import { SnapshotError } from '../errors/snapshot-error.ts';
import type { PackedObject, PackFrame } from '../format/pack-directory.ts';
import type { PackManifest } from '../format/pack-manifest.ts';
import { openFrames, verifyFrame } from './open-frames.ts';
import type { PackCodec } from './pack-codec.ts';

/** What is known of a pack without its frames. */
type WholePack = Pick<PackManifest, 'name' | 'prefix' | 'directory'>;

/**
 * The objects of a pack that cannot be read, or whose frame has a flipped bit anywhere. `bytes` is the whole file.
 *
 * Looks at every stored byte: a frame's own proof first, then the identity of each object in it.
 */
export function findDamagedObjects(manifest: WholePack, bytes: Uint8Array, codec: PackCodec): readonly PackedObject[] {
  const damaged: PackedObject[] = [];
  for (const frame of manifest.directory.frames()) {
    const plain = openVerified(manifest, frame, bytes.subarray(frame.offset, frame.offset + frame.storedBytes), codec);
    for (let index = 0; index < frame.objectCount; index++) {
      const object = manifest.directory.object(frame.firstObject + index);
      if (!plain || codec.identity.identify(plain.subarray(object.offset, object.offset + object.lengthBytes)) !== object.id) damaged.push(object);
    }
  }
  return damaged;
}

/** Plain bytes, or `undefined` when they are lost. */
function openVerified(manifest: WholePack, frame: PackFrame, stored: Uint8Array, codec: PackCodec): Uint8Array | undefined {
  // A plain frame is covered by its objects, and those that are whole are worth telling apart, even in a file that was cut.
  const isEncrypted = codec.cipherOf(manifest.prefix) !== undefined;
  if (frame.compression === 'none' && !isEncrypted) return stored;
  // Opening an encrypted frame verifies it.
  if (!isEncrypted && !verifyFrame(codec, manifest, frame, stored)) return undefined;
  try {
    return openFrames(codec, manifest, [frame], [stored])[0];
  } catch (error) {
    if (!SnapshotError.isInstance(error) || error.code !== 'object/damaged') throw error;
    return undefined;
  }
}
