import { SnapshotError } from '../errors/snapshot-error.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { requireFormatVersion } from './format-version.ts';
import { objectKinds, type ObjectKind } from './object-reference.ts';
import { decodePackDirectory, packPrefixBytes, type PackDirectory } from './pack-directory.ts';
import { sameBytes } from './same-bytes.ts';
import { sealOf } from './sealed-file.ts';

/** Everything about a pack but its frames, proved by its name. */
export interface PackManifest {
  /** Seal of prefix, directory and directory length, as 64 hexadecimal characters; the name of the file. */
  readonly name: string;
  readonly kind: ObjectKind;
  readonly fileBytes: number;
  readonly prefix: Uint8Array;
  readonly directoryBytes: Uint8Array;
  readonly directory: PackDirectory;
}

/** Bytes after the directory. */
export const packTrailerBytes = 48;
const saltBytes = 16;
const startMagic = Buffer.from('WRSNAPpk', 'latin1');
const endMagic = Buffer.from('WRSNAPpe', 'latin1');

/** First bytes of a pack. The salt makes the name unique, and is where a pack's encryption key will be derived from. */
export function encodePackPrefix(kind: ObjectKind, salt: Uint8Array): Uint8Array {
  if (salt.length !== saltBytes) throw new SnapshotError('argument/invalid', `a pack salt has ${saltBytes} bytes, this one has ${salt.length}`);
  return new ByteWriter().bytes(startMagic).u16(1).u16(0).u8(objectKinds.indexOf(kind)).bytes(new Uint8Array(3)).bytes(salt).finish();
}

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
 * Makes a manifest from the prefix and the directory. The name is computed, so a manifest cannot claim another pack's.
 *
 * @throws {SnapshotError} `format/damaged`, `format/unsupported`
 */
export function createPackManifest(prefix: Uint8Array, directoryBytes: Uint8Array, what: string): PackManifest {
  const reader = new ByteReader(prefix, what);
  if (!sameBytes(reader.bytes(startMagic.length), startMagic)) throw reader.damaged('it does not start like a pack');
  requireFormatVersion(reader.u16(), what);
  const flags = reader.u16();
  if (flags !== 0) throw new SnapshotError('format/unsupported', `${what} carries flags ${flags}, which this release does not know. Use a release that knows them`);
  const kind = objectKinds[reader.u8()];
  if (kind === undefined) throw reader.damaged('its object kind is unknown');
  reader.zeros(3);
  reader.bytes(saltBytes);
  reader.finish();
  const directory = decodePackDirectory(directoryBytes);
  const framesBytes = directory.frames.reduce((sum, frame) => sum + frame.storedBytes, 0);
  return {
    name: Buffer.from(packSeal(prefix, directoryBytes)).toString('hex'),
    kind,
    fileBytes: packPrefixBytes + framesBytes + directoryBytes.length + packTrailerBytes,
    prefix,
    directoryBytes,
    directory,
  };
}

/** SHA-256 over prefix, directory and the length field: a pack's name and proof. */
export function packSeal(prefix: Uint8Array, directoryBytes: Uint8Array): Uint8Array {
  const length = new ByteWriter().u32(directoryBytes.length).u32(0).finish();
  return sealOf(Buffer.concat([prefix, directoryBytes, length]));
}
