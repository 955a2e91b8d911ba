import { SnapshotError } from '../errors/snapshot-error.ts';
import { packPrefixBytes, type PackedObject } from '../format/pack-directory.ts';
import { createPackManifest, decodePackTrailer, packSeal, packTrailerBytes, type PackManifest } from '../format/pack-manifest.ts';
import { sameBytes } from '../format/same-bytes.ts';
import type { Storage, StorageCallOptions, StoredFile } from '../storage/storage.ts';
import type { ObjectHash } from './object-hash.ts';

/** What reading packs needs of a storage. */
export type PackStorage = Pick<Storage, 'getRange'>;

/**
 * Reads prefix, directory and trailer of a stored pack and proves them against its name. Reads no frames.
 *
 * @throws {SnapshotError} `format/damaged`, `format/unsupported`, `storage/*`
 */
export async function readPackManifest(storage: PackStorage, file: Pick<StoredFile, 'name' | 'sizeBytes'>, options?: StorageCallOptions): Promise<PackManifest> {
  const what = `the pack ${file.name}`;
  const trailerOffset = file.sizeBytes - packTrailerBytes;
  if (trailerOffset < packPrefixBytes) throw new SnapshotError('format/damaged', `${what} is damaged: it has only ${file.sizeBytes} bytes`);
  const trailer = await storage.getRange('pack', file.name, trailerOffset, packTrailerBytes, options);
  const { directoryLengthBytes, seal } = decodePackTrailer(trailer, what);
  if (directoryLengthBytes > trailerOffset - packPrefixBytes) throw new SnapshotError('format/damaged', `${what} is damaged: its directory is longer than the file`);
  const prefix = await storage.getRange('pack', file.name, 0, packPrefixBytes, options);
  const directoryBytes = await storage.getRange('pack', file.name, trailerOffset - directoryLengthBytes, directoryLengthBytes, options);
  return proveManifest(file, prefix, directoryBytes, seal);
}

/** The same for a pack that was read whole. */
export function parsePack(name: string, bytes: Uint8Array): PackManifest {
  const what = `the pack ${name}`;
  const trailerOffset = bytes.length - packTrailerBytes;
  if (trailerOffset < packPrefixBytes) throw new SnapshotError('format/damaged', `${what} is damaged: it has only ${bytes.length} bytes`);
  const { directoryLengthBytes, seal } = decodePackTrailer(bytes.subarray(trailerOffset), what);
  if (directoryLengthBytes > trailerOffset - packPrefixBytes) throw new SnapshotError('format/damaged', `${what} is damaged: its directory is longer than the file`);
  const directoryBytes = new Uint8Array(bytes.subarray(trailerOffset - directoryLengthBytes, trailerOffset));
  return proveManifest({ name, sizeBytes: bytes.length }, new Uint8Array(bytes.subarray(0, packPrefixBytes)), directoryBytes, seal);
}

/**
 * Reads one object and verifies its length and identity. The caller owns the bytes.
 *
 * @throws {SnapshotError} `object/damaged`, `storage/*`
 */
export async function readPackedObject(storage: PackStorage, packName: string, object: PackedObject, hash: ObjectHash, options?: StorageCallOptions): Promise<Uint8Array> {
  const bytes = await storage.getRange('pack', packName, object.frame.offset + object.offset, object.lengthBytes, options);
  if (bytes.length !== object.lengthBytes || hash(bytes) !== object.id)
    throw new SnapshotError('object/damaged', `the object ${object.id} in the pack ${packName} does not match its identity; run check with readData`);
  return bytes;
}

/** The objects of a pack whose stored bytes do not match their identity. `bytes` is the whole file. */
export function findDamagedObjects(manifest: PackManifest, bytes: Uint8Array, hash: ObjectHash): readonly PackedObject[] {
  return manifest.directory.objects.filter((object) => {
    const start = object.frame.offset + object.offset;
    const part = bytes.subarray(start, start + object.lengthBytes);
    return part.length !== object.lengthBytes || hash(part) !== object.id;
  });
}

function proveManifest(file: Pick<StoredFile, 'name' | 'sizeBytes'>, prefix: Uint8Array, directoryBytes: Uint8Array, seal: Uint8Array): PackManifest {
  const what = `the pack ${file.name}`;
  const computed = packSeal(prefix, directoryBytes);
  if (!sameBytes(seal, computed) || Buffer.from(computed).toString('hex') !== file.name)
    throw new SnapshotError('format/damaged', `${what} is damaged: its directory does not match its seal or its name`);
  const manifest = createPackManifest(prefix, directoryBytes, what);
  if (manifest.fileBytes !== file.sizeBytes)
    throw new SnapshotError('format/damaged', `${what} is damaged: it describes ${manifest.fileBytes} bytes and has ${file.sizeBytes}`);
  return manifest;
}
