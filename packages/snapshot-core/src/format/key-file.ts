import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { encodeChecked } from './encode-checked.ts';

/** How the key that wraps the secrets comes from what a person holds. */
export type KeyDerivation =
  /** HKDF-SHA-256 of a raw key of 32 bytes. */
  | { readonly kind: 'raw-key' }
  /** scrypt of a passphrase, with N = 2^`costLog2`. */
  | { readonly kind: 'passphrase'; readonly costLog2: number; readonly blockSize: number; readonly parallelism: number };

/** One key file: the secrets of a repository, wrapped for one passphrase or key. */
export interface KeyFile {
  /** 32 hexadecimal characters; stays when the file is written anew with more data keys. */
  readonly id: string;
  /** How many data keys it holds: those of the epochs from 1 to this. */
  readonly dataKeyCount: number;
  readonly derivation: KeyDerivation;
  readonly createdAtMs: number;
  /** For people; stored in plain. */
  readonly label: string;
  /** 32 random bytes. */
  readonly salt: Uint8Array;
  /** 12 random bytes. */
  readonly nonce: Uint8Array;
  /** The encrypted secrets and their tag. */
  readonly wrapped: Uint8Array;
}

/** Most data keys a repository can have. */
export const maxDataKeys = 4_096;
/** Bytes of the config's digest, of the secret, and of each data key. */
export const secretBytes = 32;
const idBytes = 16;
const saltBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const derivations = [undefined, 'raw-key', 'passphrase'] as const;

/** What scrypt may cost whoever opens a file that somebody else wrote: 1 GiB of memory, four times over. */
const maxCostLog2 = 20;
const maxMemoryBytes = 1_073_741_824;
const maxParallelism = 4;

/** Encodes the payload of a key file. @throws {SnapshotError} `argument/invalid`, `format/self-check` */
export function encodeKeyFile(file: KeyFile): Uint8Array {
  return encodeChecked('a key file', file, (value) => new Uint8Array(Buffer.concat([encodeKeyFileHead(value), value.wrapped])), decodeKeyFile);
}

/** Everything before the wrapped secrets, which is authenticated with them. */
export function encodeKeyFileHead({ id, dataKeyCount, derivation, createdAtMs, label, salt, nonce }: Omit<KeyFile, 'wrapped'>): Uint8Array {
  const isPassphrase = derivation.kind === 'passphrase';
  return new ByteWriter()
    .hex(id, idBytes)
    .u16(dataKeyCount)
    .u8(derivations.indexOf(derivation.kind))
    .u8(isPassphrase ? derivation.costLog2 : 0)
    .u8(isPassphrase ? derivation.blockSize : 0)
    .u8(isPassphrase ? derivation.parallelism : 0)
    .u16(0)
    .u64(createdAtMs)
    .text8(label)
    .bytes(salt)
    .bytes(nonce)
    .finish();
}

/** Decodes the payload of a key file. Refuses what would cost too much to open. @throws {SnapshotError} `format/damaged` */
export function decodeKeyFile(payload: Uint8Array): KeyFile {
  const reader = new ByteReader(payload, 'a key file');
  const id = reader.hex(idBytes);
  const dataKeyCount = reader.u16();
  const kind = derivations[reader.u8()];
  const cost = { costLog2: reader.u8(), blockSize: reader.u8(), parallelism: reader.u8() };
  reader.zeros(2);
  if (kind === undefined) throw reader.damaged('it does not say how its key is derived');
  if (kind === 'passphrase' ? !isBearable(cost) : Object.values(cost).some((value) => value !== 0)) throw reader.damaged('the cost of opening it makes no sense');
  if (dataKeyCount < 1 || dataKeyCount > maxDataKeys) throw reader.damaged(`it holds ${dataKeyCount} data keys`);
  const createdAtMs = reader.u64();
  const label = reader.text8();
  const salt = reader.bytes(saltBytes);
  const nonce = reader.bytes(nonceBytes);
  const wrapped = reader.bytes(secretBytes * (2 + dataKeyCount) + tagBytes);
  reader.finish();
  return { id, dataKeyCount, derivation: kind === 'passphrase' ? { kind, ...cost } : { kind }, createdAtMs, label, salt, nonce, wrapped };
}

/** Name of a key file. It says what is in it, because a file is never replaced by another of its name. */
export function keyFileName({ id, dataKeyCount }: Pick<KeyFile, 'id' | 'dataKeyCount'>): string {
  return `${id}-${String(dataKeyCount).padStart(4, '0')}`;
}

function isBearable({ costLog2, blockSize, parallelism }: { costLog2: number; blockSize: number; parallelism: number }): boolean {
  if (costLog2 < 1 || costLog2 > maxCostLog2 || blockSize < 1 || parallelism < 1 || parallelism > maxParallelism) return false;
  return 128 * blockSize * 2 ** costLog2 <= maxMemoryBytes;
}
