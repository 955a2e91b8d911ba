import { hkdfSync } from 'node:crypto';

/** A 32-byte key for one purpose, from the repository's secret by HKDF-SHA-256. Different purposes give unrelated keys. */
export function deriveKey(secret: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), `winre-kit ${purpose}`, 32));
}
