import { createCipheriv } from 'node:crypto';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { gmac } from './gmac.ts';

/** Two keys that nothing else uses; both from the repository's secret. */
export interface GroupFingerprintKeys {
  /** 16 bytes; purpose `fingerprint key v1`. */
  readonly macKey: Uint8Array;
  /** 32 bytes; purpose `fingerprint seal key v1`. */
  readonly sealKey: Uint8Array;
}

const fixedNonce = new Uint8Array(12);

/**
 * The fingerprint by which a group of chunks is predicted: AES-128-GMAC of its bytes under a nonce of twelve zero bytes,
 * encrypted as one block of AES-256. Fast (about the speed of memory), and equal fingerprints mean equal bytes with this bound:
 *
 * Two different byte strings of at most *n* 16-byte blocks have the same GMAC tag under one nonce with probability at most
 * (n + 1) / 2^128 over the choice of the key, because GHASH is a polynomial of degree n + 1 in it: 2^-112 for 1 MiB, 2^-111 for
 * 2 MiB, the longest group. The bound holds for bytes chosen without knowledge of the key or of anything computed with it,
 * which is what the seal is for: with the nonce fixed, raw tags would let a reader of the repository solve for the key. AES-256
 * is a permutation, so the seal neither adds collisions nor removes any.
 *
 * A prediction aid, never an identity: deduplication, index and snapshot records do not use it.
 *
 * @returns a function from bytes (which may lie in WebAssembly memory) to 16 bytes owned by the caller
 * @throws {SnapshotError} `argument/invalid` for a key of another length
 */
export function createGroupFingerprint(keys: GroupFingerprintKeys): (bytes: Uint8Array) => Uint8Array {
  const macKey = copyOfKey(keys.macKey, 16);
  // Each update is exactly one block and ECB keeps no state between blocks, so one cipher serves every fingerprint.
  const seal = createCipheriv('aes-256-ecb', copyOfKey(keys.sealKey, 32), null).setAutoPadding(false);
  return (bytes) => new Uint8Array(seal.update(gmac(macKey, fixedNonce, bytes)));
}

function copyOfKey(key: Uint8Array, lengthBytes: number): Uint8Array {
  if (key.length !== lengthBytes) throw new SnapshotError('argument/invalid', `this fingerprint key has ${lengthBytes} bytes, not ${key.length}`);
  return Uint8Array.from(key);
}
