import { keyIdOf, SecretValue, toBase64 } from '@winre-kit/sdk';
import { importSealingKey, openSealed, type EscrowKey, type SealContext, type Sealed } from '../protocol/index.ts';

/** Holds the private half of the escrow key. It may live in another process or an HSM; a secret is in the gateway's memory only while it is sealed anew. */
export interface EscrowOpener {
  readonly key: EscrowKey;
  /** @throws {RecoveryError} `untrusted-payload` when it was sealed to another key or for another purpose */
  open(sealed: Sealed, context: SealContext): Promise<SecretValue>;
}

/** The escrow key as it is kept: never beside the store whose ciphertext it opens. */
export interface EscrowKeyPair {
  /** Raw X25519 public key, base64. */
  readonly publicKey: string;
  /** PKCS #8, base64. */
  readonly privateKeyPkcs8: SecretValue;
}

/** Makes an escrow key with the platform's random source. */
export async function generateEscrowKey(): Promise<EscrowKeyPair> {
  const { subtle } = globalThis.crypto;
  const pair = (await subtle.generateKey('X25519', true, ['deriveBits'])) as { publicKey: CryptoKey; privateKey: CryptoKey };
  const exported = async (format: 'raw' | 'pkcs8', key: CryptoKey): Promise<string> => toBase64(new Uint8Array(await subtle.exportKey(format, key)));
  return { publicKey: await exported('raw', pair.publicKey), privateKeyPkcs8: new SecretValue(await exported('pkcs8', pair.privateKey)) };
}

/** An opener over an escrow key held in memory. */
export async function createEscrowOpener(pair: EscrowKeyPair): Promise<EscrowOpener> {
  const recipient = await importSealingKey(pair.publicKey, pair.privateKeyPkcs8);
  const key = { keyId: await keyIdOf(pair.publicKey), publicKey: pair.publicKey };
  return { key, open: (sealed, context) => openSealed(sealed, recipient, context) };
}
