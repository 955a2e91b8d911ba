import { base64Schema } from '@winre-kit/sdk';
import { z } from 'zod';

/** A raw X25519 public key, 32 bytes in base64. */
export const x25519PublicKeySchema = base64Schema.refine((key) => key.length === 44 && key.endsWith('='), 'expected 32 bytes in base64');

/** The public key that recovery keys are sealed to on their way into the escrow. */
export const escrowKeySchema = z.object({ keyId: z.string().min(1), publicKey: x25519PublicKeySchema });
export type EscrowKey = z.infer<typeof escrowKeySchema>;
