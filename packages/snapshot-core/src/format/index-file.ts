import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { encodeChecked } from './encode-checked.ts';
import { packPrefixBytes } from './pack-directory.ts';
import { createPackManifest, type DirectoryOpener, type PackManifest } from './pack-manifest.ts';

/**
 * Encodes the payload of an index file: prefix and stored directory of each pack, verbatim.
 *
 * Names, offsets and file sizes are not stored but computed again, so an index cannot disagree with the packs it lists.
 */
export function encodeIndexFile(packs: readonly Pick<PackManifest, 'prefix' | 'directoryBytes'>[], opener: DirectoryOpener): Uint8Array {
  return encodeChecked('an index file', packs, encode, (payload) => decodeIndexFile(payload, opener));
}

/** Decodes the payload of an index file. @throws {SnapshotError} `format/damaged`, `format/unsupported`, `repository/key-required` */
export function decodeIndexFile(payload: Uint8Array, opener: DirectoryOpener): readonly PackManifest[] {
  const reader = new ByteReader(payload, 'an index file');
  const count = reader.u32();
  if (count * (packPrefixBytes + 4) > reader.remaining) throw reader.damaged('its count does not match its length');
  const packs = Array.from({ length: count }, () => {
    const prefix = reader.bytes(packPrefixBytes);
    return createPackManifest(prefix, reader.bytes(reader.u32()), 'a pack listed in an index file', opener);
  });
  reader.finish();
  return packs;
}

function encode(packs: readonly Pick<PackManifest, 'prefix' | 'directoryBytes'>[]): Uint8Array {
  const writer = new ByteWriter().u32(packs.length);
  for (const { prefix, directoryBytes } of packs) writer.bytes(prefix).u32(directoryBytes.length).bytes(directoryBytes);
  return writer.finish();
}
