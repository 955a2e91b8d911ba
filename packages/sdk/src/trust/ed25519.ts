import { RecoveryError } from '../errors/recovery-error.ts';
import type { TrustedKey } from '../schemas/approval.ts';
import { canonicalJson } from './canonical-json.ts';
import { fromBase64, toBase64, utf8 } from './encode-bytes.ts';
import { sha256Hex } from './sha256.ts';

/** Signs statements. The private key may live in an HSM or a token: only signatures leave this port. */
export interface StatementSigner {
  readonly keyId: string;
  /** Raw Ed25519 public key, base64. */
  readonly publicKey: string;
  /** Signs the canonical JSON of the statement; returns base64. */
  sign(statement: unknown): Promise<string>;
}

/** An Ed25519 key pair held in memory. `privateKeyPkcs8` is a secret. */
export interface SigningKeyPair {
  readonly keyId: string;
  readonly publicKey: string;
  /** PKCS #8, base64. */
  readonly privateKeyPkcs8: string;
}

/** The id of a key is the start of the SHA-256 of its raw public bytes, so it cannot be claimed by another key. */
export async function keyIdOf(publicKey: string): Promise<string> {
  return (await sha256Hex(fromBase64(publicKey))).slice(0, 32);
}

/** Makes a key pair with the platform's random source. */
export async function generateSigningKey(): Promise<SigningKeyPair> {
  const { subtle } = globalThis.crypto;
  const pair = (await subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as { publicKey: CryptoKey; privateKey: CryptoKey };
  const publicKey = toBase64(new Uint8Array(await subtle.exportKey('raw', pair.publicKey)));
  const privateKeyPkcs8 = toBase64(new Uint8Array(await subtle.exportKey('pkcs8', pair.privateKey)));
  return { keyId: await keyIdOf(publicKey), publicKey, privateKeyPkcs8 };
}

/** A signer over a key pair in memory. */
export function createStatementSigner(pair: SigningKeyPair): StatementSigner {
  const { subtle } = globalThis.crypto;
  let imported: Promise<CryptoKey> | undefined;
  return {
    keyId: pair.keyId,
    publicKey: pair.publicKey,
    async sign(statement) {
      imported ??= subtle.importKey('pkcs8', fromBase64(pair.privateKeyPkcs8), 'Ed25519', false, ['sign']);
      return toBase64(new Uint8Array(await subtle.sign('Ed25519', await imported, utf8(canonicalJson(statement)))));
    },
  };
}

/** True when `signature` (base64) is the key's signature over the canonical JSON of `statement`. Malformed keys and signatures are just not valid. */
export async function isSignedBy(publicKey: string, statement: unknown, signature: string): Promise<boolean> {
  const { subtle } = globalThis.crypto;
  try {
    const key = await subtle.importKey('raw', fromBase64(publicKey), 'Ed25519', false, ['verify']);
    return await subtle.verify('Ed25519', key, fromBase64(signature), utf8(canonicalJson(statement)));
  } catch {
    return false;
  }
}

/**
 * Finds the trusted key for a purpose, refusing unknown and revoked ones.
 *
 * @throws {RecoveryError} `untrusted-payload`, with `facts.reason` `unknown-key` or `revoked`
 */
export function requireTrustedKey(keyId: string, purpose: TrustedKey['purpose'], trustedKeys: readonly TrustedKey[], revokedKeyIds: ReadonlySet<string>): TrustedKey {
  const key = trustedKeys.find((candidate) => candidate.keyId === keyId && candidate.purpose === purpose);
  if (!key) throw new RecoveryError('untrusted-payload', `no key ${keyId} is trusted to ${purpose}: register it, or sign with a registered key`, { facts: { reason: 'unknown-key', keyId } });
  if (revokedKeyIds.has(keyId)) throw new RecoveryError('untrusted-payload', `key ${keyId} of ${key.principal} is revoked: sign again with another key`, { facts: { reason: 'revoked', keyId } });
  return key;
}
