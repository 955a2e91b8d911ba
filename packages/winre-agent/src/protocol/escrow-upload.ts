import { z } from 'zod';
import { sealedSchema } from './sealed-secret.ts';

/** A recovery key, sealed to the escrow key with `escrowContext`. The gateway stores it as it comes. */
export const escrowRequestSchema = z.strictObject({
  volumeId: z.string().min(1).max(200),
  /** The key protector's own id. */
  keyId: z.string().min(1).max(200),
  escrowKeyId: z.string().min(1).max(200),
  sealedRecoveryKey: sealedSchema,
});
export type EscrowRequest = z.infer<typeof escrowRequestSchema>;
