import { createCipheriv } from 'node:crypto';

/**
 * GMAC with AES-128 (NIST SP 800-38D): the tag of an AES-GCM message that is nothing but additional data.
 *
 * For each nonce GMAC is a polynomial hash plus a mask. Whoever sees two tags under one nonce can solve for the hash key,
 * so tags under a repeated nonce must never leave unsealed; see `createGroupFingerprint`.
 *
 * @param key 16 bytes
 * @param nonce 12 bytes
 * @returns 16 bytes
 */
export function gmac(key: Uint8Array, nonce: Uint8Array, bytes: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  cipher.setAAD(bytes);
  cipher.final();
  return cipher.getAuthTag();
}
