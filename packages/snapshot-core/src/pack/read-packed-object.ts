import { SnapshotError } from '../errors/snapshot-error.ts';
import type { PackedObject, PackFrame } from '../format/pack-directory.ts';
import type { StorageCallOptions } from '../storage/storage.ts';
import type { FrameCache } from './frame-cache.ts';
import { openFrames, type FramePack } from './open-frames.ts';
import type { PackCodec } from './pack-codec.ts';
import type { PackStorage } from './read-pack.ts';

/** How one object is read. */
export interface ReadPackedObjectOptions extends StorageCallOptions {
  /** Frames opened before, the caller's; without it every object costs its whole frame. */
  readonly frames?: FrameCache;
  /** Read the whole frame also where one object could be read alone: its neighbours will be asked for next, as with trees. */
  readonly wholeFrames?: boolean;
}

/**
 * Reads one object and verifies its length and identity. The caller owns the bytes.
 *
 * @throws {SnapshotError} `object/damaged`, `repository/key-required`, `storage/*`
 */
export async function readPackedObject(storage: PackStorage, pack: FramePack, object: PackedObject, codec: PackCodec, options?: ReadPackedObjectOptions): Promise<Uint8Array> {
  const { frame, offset, lengthBytes } = object;
  const isPlain = frame.compression === 'none' && !codec.cipherOf(pack.prefix);
  const readAlone = async () => verified(pack, object, codec, await storage.getRange('pack', pack.name, frame.offset + offset, lengthBytes, options));
  const cached = options?.frames?.get(pack.name, frame);
  if (cached === undefined && isPlain && options?.wholeFrames !== true) return readAlone();
  if (cached) {
    const bytes = new Uint8Array(cached.subarray(offset, offset + lengthBytes));
    if (isWhole(object, codec, bytes)) return bytes;
    // What went wrong when the frame was read may not be on the disk.
    options?.frames?.delete(pack.name, frame);
  }
  const stored = await readFrame(storage, pack, frame, isPlain, options);
  // A bad sector under a neighbour, or the end of a file that was cut, costs the neighbour alone.
  if (stored === undefined) return readAlone();
  const [plain = stored] = openFrames(codec, pack, [frame], [stored]);
  if (frame.objectCount === 1) return verified(pack, object, codec, plain);
  const bytes = verified(pack, object, codec, new Uint8Array(plain.subarray(offset, offset + lengthBytes)));
  options?.frames?.set(pack.name, frame, plain);
  return bytes;
}

/** @returns `undefined` when that failed, and an object could still be read alone */
async function readFrame(storage: PackStorage, pack: FramePack, frame: PackFrame, isPlain: boolean, options?: ReadPackedObjectOptions): Promise<Uint8Array | undefined> {
  try {
    const stored = await storage.getRange('pack', pack.name, frame.offset, frame.storedBytes, options);
    return isPlain && stored.length < frame.storedBytes ? undefined : stored;
  } catch (error) {
    if (isPlain && SnapshotError.isInstance(error) && error.code === 'storage/failed') return undefined;
    throw error;
  }
}

function verified(pack: FramePack, object: PackedObject, codec: PackCodec, bytes: Uint8Array): Uint8Array {
  if (!isWhole(object, codec, bytes)) throw new SnapshotError('object/damaged', `the object ${object.id} in the pack ${pack.name} does not match its identity; run check with readData`);
  return bytes;
}

function isWhole({ id, lengthBytes }: PackedObject, { identity }: PackCodec, bytes: Uint8Array): boolean {
  return bytes.length === lengthBytes && identity.identify(bytes) === id;
}
