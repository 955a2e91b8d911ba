import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { base64Schema, canonicalJson, fromBase64, RecoveryError, SecretValue, toBase64, utf8, type JsonValue } from '@winre-kit/sdk';
import { z } from 'zod';

/** A secret that only the holder of one X25519 private key can open. Safe to store, log and send. */
export const sealedSchema = z.strictObject({
  algorithm: z.literal('hpke-x25519-sha256-aes256gcm'),
  /** Encapsulated key, 32 bytes. */
  enc: base64Schema,
  ciphertext: base64Schema.max(16_384),
});
export type Sealed = z.infer<typeof sealedSchema>;

/** What a sealed secret is for; opening it for anything else fails. Plain JSON, not secret. */
export type SealContext = Readonly<Record<string, JsonValue>>;

/** An X25519 key pair in use. The private key is not extractable. */
export interface SealingKeyPair {
  /** Raw, 32 bytes in base64. */
  readonly publicKey: string;
  readonly keys: { readonly publicKey: CryptoKey; readonly privateKey: CryptoKey };
}

const info = utf8('winre-sealed/v1');

function createSuite(): CipherSuite {
  return new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
}

/** Makes the key pair of one channel; its private half ends with the process. */
export async function generateSealingKey(): Promise<SealingKeyPair> {
  const keys = (await globalThis.crypto.subtle.generateKey('X25519', false, ['deriveBits'])) as { publicKey: CryptoKey; privateKey: CryptoKey };
  return { publicKey: toBase64(new Uint8Array(await globalThis.crypto.subtle.exportKey('raw', keys.publicKey))), keys };
}

/** Takes a stored key pair into use, such as the escrow key's. `privateKeyPkcs8` is a secret, base64. */
export async function importSealingKey(publicKey: string, privateKeyPkcs8: SecretValue): Promise<SealingKeyPair> {
  const { subtle } = globalThis.crypto;
  const keys = {
    publicKey: await subtle.importKey('raw', fromBase64(publicKey), 'X25519', true, []),
    privateKey: await subtle.importKey('pkcs8', fromBase64(privateKeyPkcs8.reveal()), 'X25519', false, ['deriveBits']),
  };
  return { publicKey, keys };
}

/**
 * Seals a secret to a public key for one context (RFC 9180, base mode).
 *
 * @throws {RecoveryError} `invalid-argument` when the key is not an X25519 public key
 */
export async function sealSecret(secret: SecretValue, recipientPublicKey: string, context: SealContext): Promise<Sealed> {
  const suite = createSuite();
  try {
    const recipient = await suite.kem.deserializePublicKey(fromBase64(recipientPublicKey).buffer);
    const sealed = await suite.seal({ recipientPublicKey: recipient, info: info.buffer }, utf8(secret.reveal()).buffer, utf8(canonicalJson(context)).buffer);
    return { algorithm: 'hpke-x25519-sha256-aes256gcm', enc: toBase64(new Uint8Array(sealed.enc)), ciphertext: toBase64(new Uint8Array(sealed.ct)) };
  } catch (cause) {
    throw new RecoveryError('invalid-argument', 'the secret cannot be sealed: the recipient key is not an X25519 public key', { cause, fieldPath: 'recipientPublicKey' });
  }
}

/**
 * Opens what was sealed to this key for this context.
 *
 * @throws {RecoveryError} `untrusted-payload`, `facts.reason` `not-openable`: another key, another context, or altered
 */
export async function openSealed(sealed: Sealed, recipient: SealingKeyPair, context: SealContext): Promise<SecretValue> {
  const suite = createSuite();
  try {
    const opened = await suite.open({ recipientKey: recipient.keys, enc: fromBase64(sealed.enc).buffer, info: info.buffer }, fromBase64(sealed.ciphertext).buffer, utf8(canonicalJson(context)).buffer);
    return new SecretValue(new TextDecoder('utf-8', { fatal: true }).decode(opened));
  } catch (cause) {
    throw new RecoveryError('untrusted-payload', 'a sealed secret cannot be opened here: it was sealed to another key or for another purpose, or altered', { cause, facts: { reason: 'not-openable' } });
  }
}
