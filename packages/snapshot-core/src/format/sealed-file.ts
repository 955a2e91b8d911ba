import { hash } from 'node:crypto';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { formatVersion, requireFormatVersion } from './format-version.ts';
import { sameBytes } from './same-bytes.ts';

/** The small files that share one envelope, and the two letters that end their magic. */
const magicSuffixes = { config: 'cf', index: 'ix', snapshot: 'sn', intent: 'in', epoch: 'ep', lease: 'ls' } as const;

/** Kinds of file that are sealed as a whole. */
export type SealedKind = keyof typeof magicSuffixes;

const magicBytes = 8;
const headerBytes = 32;
const sealBytes = 32;
const repositoryIdBytes = 16;

/**
 * Puts a payload into the envelope all small files share: header, payload, SHA-256 of both.
 *
 * The seal is SHA-256 whatever the repository's hash is, because the config must be verified before it can be believed.
 * Its place and algorithm are the same in every future version, so damage is never mistaken for a newer version.
 */
export function sealFile(kind: SealedKind, repositoryId: string, payload: Uint8Array): Uint8Array {
  const body = new ByteWriter()
    .bytes(magicOf(kind))
    .u16(formatVersion)
    .u16(0)
    .u32(payload.length)
    .hex(repositoryId, repositoryIdBytes)
    .bytes(payload)
    .finish();
  const sealed = new Uint8Array(Buffer.concat([body, sealOf(body)]));
  if (!sameBytes(openSealedFile(kind, sealed, `the new ${kind} file`, repositoryId).payload, payload))
    throw new SnapshotError('format/self-check', `the new ${kind} file does not open to what was sealed; nothing was written`);
  return sealed;
}

/**
 * Verifies the envelope and gives the payload, a view into `bytes`.
 *
 * @throws {SnapshotError} `format/damaged` for a wrong seal, length or magic, or another repository's file; `format/unsupported`
 */
export function openSealedFile(kind: SealedKind, bytes: Uint8Array, what: string, repositoryId?: string): { payload: Uint8Array; repositoryId: string } {
  const reader = new ByteReader(bytes, what);
  if (bytes.length < headerBytes + sealBytes) throw reader.damaged(`it has only ${bytes.length} bytes`);
  const bodyBytes = bytes.length - sealBytes;
  if (!sameBytes(sealOf(bytes.subarray(0, bodyBytes)), bytes.subarray(bodyBytes))) throw reader.damaged('its seal does not match its bytes');
  if (!sameBytes(reader.bytes(magicBytes), magicOf(kind))) throw reader.damaged(`it is not a ${kind} file`);
  requireFormatVersion(reader.u16(), what);
  const flags = reader.u16();
  if (flags !== 0) throw new SnapshotError('format/unsupported', `${what} carries flags ${flags}, which this release does not know. Use a release that knows them`);
  const payloadBytes = reader.u32();
  const owner = reader.hex(repositoryIdBytes);
  if (repositoryId !== undefined && owner !== repositoryId) throw reader.damaged(`it belongs to another repository (${owner})`);
  if (payloadBytes !== bodyBytes - headerBytes) throw reader.damaged(`it says ${payloadBytes} bytes of payload and holds ${bodyBytes - headerBytes}`);
  return { payload: reader.bytes(payloadBytes), repositoryId: owner };
}

/** SHA-256 of the bytes: what seals files and pack directories. */
export function sealOf(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer');
}

function magicOf(kind: SealedKind): Uint8Array {
  return Buffer.from(`WRSNAP${magicSuffixes[kind]}`, 'latin1');
}
