import { z } from 'zod';
import { base64Schema, deviceIdSchema, enrolmentEpochSchema, instantSchema, keyIdSchema, operationKeySchema, sha256Schema, tenantIdSchema } from './primitives.ts';

/** What an approver signs: one plan, for one operation, on one enrolment of one device, within two clocks. */
export const approvalStatementSchema = z.strictObject({
  kind: z.literal('winre-approval/v1'),
  decision: z.enum(['approve', 'reject']),
  planDigest: sha256Schema,
  operationKey: operationKeySchema,
  tenantId: tenantIdSchema,
  deviceId: deviceIdSchema,
  enrolmentEpoch: enrolmentEpochSchema,
  /** The principal who asked for it; an approver with the same principal is refused everywhere. */
  requestedBy: z.string().min(1),
  /** The signature counts only when given before this time, */
  approveBy: instantSchema,
  /** and the operation may be executed only before this one. */
  executeBy: instantSchema,
  decidedAt: instantSchema,
  reason: z.string().max(1_000).default(''),
});
export type ApprovalStatement = z.infer<typeof approvalStatementSchema>;

/** A decision with the approver's signature over its canonical JSON. */
export const signedApprovalSchema = z.strictObject({ statement: approvalStatementSchema, keyId: keyIdSchema, signature: base64Schema });
export type SignedApproval = z.infer<typeof signedApprovalSchema>;

/** A public key somebody decided to trust, and for what. Agents pin these at enrolment. */
export const trustedKeySchema = z.strictObject({
  keyId: keyIdSchema,
  principal: z.string().min(1),
  purpose: z.enum(['approve', 'sign-scripts', 'gateway']),
  /** Raw Ed25519 public key, 32 bytes in base64. */
  publicKey: base64Schema,
});
export type TrustedKey = z.infer<typeof trustedKeySchema>;
