import { SnapshotError } from '../errors/snapshot-error.ts';
import { packPrefixBytes } from '../format/pack-directory.ts';
import { createPackManifest, decodePackTrailer, packSeal, packTrailerBytes, type DirectoryOpener, type PackManifest } from '../format/pack-manifest.ts';
import { sameBytes } from '../format/same-bytes.ts';
import type { Storage, StorageCallOptions, StoredFile } from '../storage/storage.ts';

/** What reading packs needs of a storage. */
export type PackStorage = Pick<Storage, 'getRange'>;

/**
 * Reads prefix, directory and trailer of a stored pack and proves them against its name. Reads no frames.
 *
 * @throws {SnapshotError} `format/damaged`, `format/unsupported`, `repository/key-required`, `storage/*`
 */
export async function readPackManifest(storage: PackStorage, file: Pick<StoredFile, 'name' | 'sizeBytes'>, opener: DirectoryOpener, options?: StorageCallOptions): Promise<PackManifest> {
  const what = `the pack ${file.name}`;
  const trailerOffset = file.sizeBytes - packTrailerBytes;
  if (trailerOffset < packPrefixBytes) throw new SnapshotError('format/damaged', `${what} is damaged: it has only ${file.sizeBytes} bytes`);
  const trailer = await storage.getRange('pack', file.name, trailerOffset, packTrailerBytes, options);
  const { directoryLengthBytes, seal } = decodePackTrailer(trailer, what);
  if (directoryLengthBytes > trailerOffset - packPrefixBytes) throw new SnapshotError('format/damaged', `${what} is damaged: its directory is longer than the file`);
  const prefix = await storage.getRange('pack', file.name, 0, packPrefixBytes, options);
  const directoryBytes = await storage.getRange('pack', file.name, trailerOffset - directoryLengthBytes, directoryLengthBytes, options);
  return proveManifest(file, prefix, directoryBytes, seal, opener);
}

/** The same for a pack that was read whole. */
export function parsePack(name: string, bytes: Uint8Array, opener: DirectoryOpener): PackManifest {
  const what = `the pack ${name}`;
  const trailerOffset = bytes.length - packTrailerBytes;
  if (trailerOffset < packPrefixBytes) throw new SnapshotError('format/damaged', `${what} is damaged: it has only ${bytes.length} bytes`);
  const { directoryLengthBytes, seal } = decodePackTrailer(bytes.subarray(trailerOffset), what);
  if (directoryLengthBytes > trailerOffset - packPrefixBytes) throw new SnapshotError('format/damaged', `${what} is damaged: its directory is longer than the file`);
  const directoryBytes = new Uint8Array(bytes.subarray(trailerOffset - directoryLengthBytes, trailerOffset));
  return proveManifest({ name, sizeBytes: bytes.length }, new Uint8Array(bytes.subarray(0, packPrefixBytes)), directoryBytes, seal, opener);
}

function proveManifest(file: Pick<StoredFile, 'name' | 'sizeBytes'>, prefix: Uint8Array, directoryBytes: Uint8Array, seal: Uint8Array, opener: DirectoryOpener): PackManifest {
  const what = `the pack ${file.name}`;
  const computed = packSeal(prefix, directoryBytes);
  if (!sameBytes(seal, computed) || Buffer.from(computed).toString('hex') !== file.name)
    throw new SnapshotError('format/damaged', `${what} is damaged: its directory does not match its seal or its name`);
  const manifest = createPackManifest(prefix, directoryBytes, what, opener);
  if (manifest.fileBytes !== file.sizeBytes)
    throw new SnapshotError('format/damaged', `${what} is damaged: it describes ${manifest.fileBytes} bytes and has ${file.sizeBytes}`);
  return manifest;
}
