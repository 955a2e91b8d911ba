import { SnapshotError } from '../errors/snapshot-error.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { formatVersion, requireFormatVersion } from './format-version.ts';
import { objectKinds, type ObjectKind } from './object-reference.ts';
import { sameBytes } from './same-bytes.ts';

/** What the first 32 bytes of a pack say. */
export interface PackPrefix {
  readonly kind: ObjectKind;
  /** Epoch of the data key its frames and its directory are encrypted under; 0 when they are not encrypted. */
  readonly keyEpoch: number;
  /** 16 random bytes: they make the name unique, and the pack's encryption key comes from them. */
  readonly salt: Uint8Array;
}

/** Random bytes in a pack's prefix. */
export const packSaltBytes = 16;
const magic = Buffer.from('WRSNAPpk', 'latin1');
const encryptedFlag = 1;

/** First bytes of a pack. @throws {SnapshotError} `argument/invalid` for a salt of another length */
export function encodePackPrefix({ kind, keyEpoch, salt }: PackPrefix): Uint8Array {
  if (salt.length !== packSaltBytes) throw new SnapshotError('argument/invalid', `a pack salt has ${packSaltBytes} bytes, this one has ${salt.length}`);
  return new ByteWriter()
    .bytes(magic)
    .u16(formatVersion)
    .u16(keyEpoch > 0 ? encryptedFlag : 0)
    .u8(objectKinds.indexOf(kind))
    .u8(0)
    .u16(keyEpoch)
    .bytes(salt)
    .finish();
}

/** Reads the first bytes of a pack; the salt is a view. @throws {SnapshotError} `format/damaged`, `format/unsupported` */
export function decodePackPrefix(bytes: Uint8Array, what: string): PackPrefix {
  const reader = new ByteReader(bytes, what);
  if (!sameBytes(reader.bytes(magic.length), magic)) throw reader.damaged('it does not start like a pack');
  requireFormatVersion(reader.u16(), what);
  const flags = reader.u16();
  if (flags > encryptedFlag) throw new SnapshotError('format/unsupported', `${what} carries flags ${flags}, which this release does not know. Use a release that knows them`);
  const kind = objectKinds[reader.u8()];
  if (kind === undefined) throw reader.damaged('its object kind is unknown');
  reader.zeros(1);
  const keyEpoch = reader.u16();
  if ((flags === encryptedFlag) !== (keyEpoch > 0)) throw reader.damaged('its key epoch contradicts its flags');
  const salt = reader.bytes(packSaltBytes);
  reader.finish();
  return { kind, keyEpoch, salt };
}
