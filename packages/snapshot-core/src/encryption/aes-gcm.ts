import { createCipheriv, createDecipheriv } from 'node:crypto';

/** Length of an authentication tag. */
export const gcmTagBytes = 16;
/** Length of a nonce. One nonce must never serve two messages under one key. */
export const gcmNonceBytes = 12;

/** Encrypts with AES-256-GCM; the ciphertext is as long as the plain bytes. `context` is authenticated, not stored. */
export function encryptGcm(key: Uint8Array, nonce: Uint8Array, context: Uint8Array, plain: Uint8Array): { bytes: Uint8Array; tag: Uint8Array } {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: gcmTagBytes });
  cipher.setAAD(context);
  const bytes = cipher.update(plain);
  cipher.final();
  return { bytes, tag: cipher.getAuthTag() };
}

/** The plain bytes, or `undefined` when key, nonce, context, bytes or tag are not those of the encryption. */
export function decryptGcm(key: Uint8Array, nonce: Uint8Array, context: Uint8Array, bytes: Uint8Array, tag: Uint8Array): Uint8Array | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: gcmTagBytes });
  decipher.setAAD(context);
  decipher.setAuthTag(tag);
  const plain = decipher.update(bytes);
  try {
    decipher.final();
  } catch {
    // Nothing of an unauthenticated message leaves.
    plain.fill(0);
    return undefined;
  }
  // Not a Buffer, whose slice() would be a view.
  return new Uint8Array(plain.buffer, plain.byteOffset, plain.length);
}
