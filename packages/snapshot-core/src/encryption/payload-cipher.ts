import type { PayloadCipher } from '../format/sealed-file.ts';
import { decryptGcm, encryptGcm, gcmNonceBytes, gcmTagBytes } from './aes-gcm.ts';

/**
 * Encrypts the payloads of small files. Stored: a random nonce, the ciphertext, the tag.
 *
 * Random nonces are safe here: a repository would need 2^32 small files before two may meet.
 *
 * @param key 32 bytes, for nothing else
 */
export function createPayloadCipher(key: Uint8Array, randomBytes: (lengthBytes: number) => Uint8Array): PayloadCipher {
  return {
    extraBytes: gcmNonceBytes + gcmTagBytes,
    seal: (context, payload) => {
      const nonce = randomBytes(gcmNonceBytes);
      const { bytes, tag } = encryptGcm(key, nonce, context, payload);
      return new Uint8Array(Buffer.concat([nonce, bytes, tag]));
    },
    open: (context, stored) => {
      if (stored.length < gcmNonceBytes + gcmTagBytes) return undefined;
      const end = stored.length - gcmTagBytes;
      return decryptGcm(key, stored.subarray(0, gcmNonceBytes), context, stored.subarray(gcmNonceBytes, end), stored.subarray(end));
    },
  };
}
