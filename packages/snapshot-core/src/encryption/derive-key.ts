import { hkdfSync } from 'node:crypto';

/** A 32-byte key for one purpose, from a secret by HKDF-SHA-256. Different purposes or salts give unrelated keys. */
export function deriveKey(secret: Uint8Array, purpose: string, salt: Uint8Array = new Uint8Array(0)): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, `winre-kit ${purpose}`, 32));
}
