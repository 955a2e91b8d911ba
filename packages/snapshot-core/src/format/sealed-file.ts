import { hash } from 'node:crypto';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { formatVersion, requireFormatVersion } from './format-version.ts';
import { sameBytes } from './same-bytes.ts';

/** The small files that share one envelope, and the two letters that end their magic. */
const magicSuffixes = { config: 'cf', index: 'ix', snapshot: 'sn', intent: 'in', epoch: 'ep', lease: 'ls', key: 'ky' } as const;

/** Kinds of file that are sealed as a whole. */
export type SealedKind = keyof typeof magicSuffixes;

/** Whose files these are, and how their payloads are encrypted. */
export interface FileEnvelope {
  /** 32 hexadecimal characters: a file copied from elsewhere is refused. */
  readonly repositoryId: string;
  /** In an encrypted repository. Config, keys and leases stay plain whatever it is. */
  readonly cipher?: PayloadCipher | undefined;
}

/** Encrypts payloads; the context is authenticated with them, and not stored. */
export interface PayloadCipher {
  /** What encryption adds to a payload. */
  readonly extraBytes: number;
  seal(context: Uint8Array, payload: Uint8Array): Uint8Array;
  /** `undefined` when it does not authenticate. */
  open(context: Uint8Array, stored: Uint8Array): Uint8Array | undefined;
}

const magicBytes = 8;
const headerBytes = 32;
const sealBytes = 32;
const repositoryIdBytes = 16;
const encryptedFlag = 1;

/**
 * What is needed to get at the keys cannot be encrypted under them; and a lease must be honoured by whoever finds it, with or without a
 * key. It tells host, process and time.
 */
const plainKinds: ReadonlySet<SealedKind> = new Set(['config', 'key', 'lease']);

/**
 * Puts a payload into the envelope all small files share: header, payload, SHA-256 of both.
 *
 * The seal is SHA-256 whatever the repository's hash is, because the config must be verified before it can be believed.
 * Its place and algorithm are the same in every future version, so damage is never mistaken for a newer version.
 *
 * @param boundName name of the file where nothing in the payload says it: in an encrypted repository it is authenticated
 */
export function sealFile(kind: SealedKind, envelope: FileEnvelope, payload: Uint8Array, boundName = ''): Uint8Array {
  const cipher = plainKinds.has(kind) ? undefined : envelope.cipher;
  const header = new ByteWriter()
    .bytes(magicOf(kind))
    .u16(formatVersion)
    .u16(cipher ? encryptedFlag : 0)
    .u32(payload.length + (cipher?.extraBytes ?? 0))
    .hex(envelope.repositoryId, repositoryIdBytes)
    .finish();
  const body = Buffer.concat([header, cipher ? cipher.seal(contextOf(header, boundName), payload) : payload]);
  const sealed = new Uint8Array(Buffer.concat([body, sealOf(body)]));
  if (!sameBytes(openSealedFile(kind, sealed, `the new ${kind} file`, envelope, boundName).payload, payload))
    throw new SnapshotError('format/self-check', `the new ${kind} file does not open to what was sealed; nothing was written`);
  return sealed;
}

/**
 * Verifies the envelope and gives the payload: a view into `bytes`, unless it was encrypted.
 *
 * @param envelope what the file must belong to; without it any repository's file opens that is not encrypted
 * @param boundName the one that it was sealed with
 * @throws {SnapshotError} `format/damaged` for a wrong seal, length or magic, another repository's file, or one that does not
 *   authenticate; `format/unsupported`; `repository/key-required`
 */
export function openSealedFile(kind: SealedKind, bytes: Uint8Array, what: string, envelope?: FileEnvelope, boundName = ''): { payload: Uint8Array; repositoryId: string } {
  const reader = new ByteReader(bytes, what);
  if (bytes.length < headerBytes + sealBytes) throw reader.damaged(`it has only ${bytes.length} bytes`);
  const bodyBytes = bytes.length - sealBytes;
  if (!sameBytes(sealOf(bytes.subarray(0, bodyBytes)), bytes.subarray(bodyBytes))) throw reader.damaged('its seal does not match its bytes');
  if (!sameBytes(reader.bytes(magicBytes), magicOf(kind))) throw reader.damaged(`it is not a ${kind} file`);
  requireFormatVersion(reader.u16(), what);
  const flags = reader.u16();
  if (flags > encryptedFlag) throw new SnapshotError('format/unsupported', `${what} carries flags ${flags}, which this release does not know. Use a release that knows them`);
  const payloadBytes = reader.u32();
  const repositoryId = reader.hex(repositoryIdBytes);
  if (envelope && repositoryId !== envelope.repositoryId) throw reader.damaged(`it belongs to another repository (${repositoryId})`);
  if (payloadBytes !== bodyBytes - headerBytes) throw reader.damaged(`it says ${payloadBytes} bytes of payload and holds ${bodyBytes - headerBytes}`);
  const stored = reader.bytes(payloadBytes);
  const cipher = plainKinds.has(kind) ? undefined : envelope?.cipher;
  // A file that anybody could have written does not pass for one that only holders of the key can write.
  if (cipher && flags !== encryptedFlag) throw reader.damaged('it is not encrypted, but its repository is');
  if (!cipher && flags === encryptedFlag) throw new SnapshotError('repository/key-required', `${what} is encrypted; open the repository with its passphrase or key`);
  const payload = cipher ? cipher.open(contextOf(bytes.subarray(0, headerBytes), boundName), stored) : stored;
  if (!payload) throw reader.damaged("it does not authenticate under the repository's key");
  return { payload, repositoryId };
}

/** SHA-256 of the bytes: what seals files and pack directories. */
export function sealOf(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer');
}

function contextOf(header: Uint8Array, boundName: string): Uint8Array {
  return Buffer.concat([header, Buffer.from(boundName, 'utf8')]);
}

function magicOf(kind: SealedKind): Uint8Array {
  return Buffer.from(`WRSNAP${magicSuffixes[kind]}`, 'latin1');
}
