import { SnapshotError } from '../errors/snapshot-error.ts';
import type { PackedObject } from '../format/pack-directory.ts';
import type { StorageCallOptions } from '../storage/storage.ts';
import type { FrameCache } from './frame-cache.ts';
import { openFrames, type FramePack } from './open-frames.ts';
import type { PackCodec } from './pack-codec.ts';
import type { PackStorage } from './read-pack.ts';

/** How one object is read. */
export interface ReadPackedObjectOptions extends StorageCallOptions {
  /** Frames opened before, the caller's; without it every object costs its whole frame. */
  readonly frames?: FrameCache;
}

/**
 * Reads one object and verifies its length and identity. The caller owns the bytes.
 *
 * @throws {SnapshotError} `object/damaged`, `repository/key-required`, `storage/*`
 */
export async function readPackedObject(storage: PackStorage, pack: FramePack, object: PackedObject, codec: PackCodec, options?: ReadPackedObjectOptions): Promise<Uint8Array> {
  const { frame, offset, lengthBytes } = object;
  if (frame.compression === 'none' && !codec.cipherOf(pack.prefix))
    return verified(pack, object, codec, await storage.getRange('pack', pack.name, frame.offset + offset, lengthBytes, options));
  const cached = options?.frames?.get(pack.name, frame);
  if (cached) return verified(pack, object, codec, new Uint8Array(cached.subarray(offset, offset + lengthBytes)));
  const stored = await storage.getRange('pack', pack.name, frame.offset, frame.storedBytes, options);
  const [plain = stored] = openFrames(codec, pack, [frame], [stored]);
  if (frame.objectCount === 1) return verified(pack, object, codec, plain);
  const bytes = verified(pack, object, codec, new Uint8Array(plain.subarray(offset, offset + lengthBytes)));
  options?.frames?.set(pack.name, frame, plain);
  return bytes;
}

function verified(pack: FramePack, { id, lengthBytes }: PackedObject, codec: PackCodec, bytes: Uint8Array): Uint8Array {
  if (bytes.length !== lengthBytes || codec.identity.identify(bytes) !== id)
    throw new SnapshotError('object/damaged', `the object ${id} in the pack ${pack.name} does not match its identity; run check with readData`);
  return bytes;
}
