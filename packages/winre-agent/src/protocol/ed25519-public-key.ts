import { base64Schema } from '@winre-kit/sdk';

/** A raw Ed25519 public key, 32 bytes in base64. */
export const ed25519PublicKeySchema = base64Schema.refine((key) => key.length === 44 && key.endsWith('='), 'expected 32 bytes in base64');

/** A random value that is used once: 16 to 64 bytes in base64. */
export const nonceSchema = base64Schema.min(24).max(88);
