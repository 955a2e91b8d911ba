import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import type { ObjectKind } from './object-reference.ts';
import { PackDirectory, packPrefixBytes } from './pack-directory.ts';
import { decodePackPrefix } from './pack-prefix.ts';
import { sameBytes } from './same-bytes.ts';
import { sealOf } from './sealed-file.ts';

/** Everything about a pack but its frames, proved by its name. */
export interface PackManifest {
  /** Seal of prefix, directory and directory length, as 64 hexadecimal characters; the name of the file. */
  readonly name: string;
  readonly kind: ObjectKind;
  readonly fileBytes: number;
  readonly prefix: Uint8Array;
  /** As stored: encrypted in an encrypted repository. */
  readonly directoryBytes: Uint8Array;
  readonly directory: PackDirectory;
}

/** Gives the plain bytes of a pack's directory; a pack codec does. */
export interface DirectoryOpener {
  /** @throws {SnapshotError} `format/damaged` when it does not authenticate, `repository/key-required` */
  openDirectory(prefix: Uint8Array, stored: Uint8Array): Uint8Array;
}

/** Bytes after the directory. */
export const packTrailerBytes = 48;
const endMagic = Buffer.from('WRSNAPpe', 'latin1');

/** Last bytes of a pack: directory length, reserved, seal, magic. */
export function encodePackTrailer(prefix: Uint8Array, directoryBytes: Uint8Array): Uint8Array {
  return new ByteWriter().u32(directoryBytes.length).u32(0).bytes(packSeal(prefix, directoryBytes)).bytes(endMagic).finish();
}

/** Length of the directory, from the last bytes of a pack. The seal is judged by `readPackManifest`. @throws {SnapshotError} `format/damaged` */
export function decodePackTrailer(trailer: Uint8Array, what: string): { directoryLengthBytes: number; seal: Uint8Array } {
  const reader = new ByteReader(trailer, what);
  const directoryLengthBytes = reader.u32();
  reader.zeros(4);
  const seal = reader.bytes(32);
  if (!sameBytes(reader.bytes(endMagic.length), endMagic)) throw reader.damaged('it does not end like a pack');
  reader.finish();
  return { directoryLengthBytes, seal };
}

/**
 * Makes a manifest from the prefix and the stored directory. The name is computed, so a manifest cannot claim another pack's.
 *
 * @throws {SnapshotError} `format/damaged`, `format/unsupported`, `repository/key-required`
 */
export function createPackManifest(prefix: Uint8Array, directoryBytes: Uint8Array, what: string, opener: DirectoryOpener): PackManifest {
  const { kind } = decodePackPrefix(prefix, what);
  const directory = new PackDirectory(opener.openDirectory(prefix, directoryBytes));
  return {
    name: Buffer.from(packSeal(prefix, directoryBytes)).toString('hex'),
    kind,
    fileBytes: packPrefixBytes + directory.storedBytes + directoryBytes.length + packTrailerBytes,
    prefix,
    directoryBytes,
    directory,
  };
}

/** SHA-256 over prefix, stored directory and the length field: a pack's name and proof. */
export function packSeal(prefix: Uint8Array, directoryBytes: Uint8Array): Uint8Array {
  const length = new ByteWriter().u32(directoryBytes.length).u32(0).finish();
  return sealOf(Buffer.concat([prefix, directoryBytes, length]));
}
