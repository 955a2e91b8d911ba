import { base64Schema, deviceIdSchema, enrolmentEpochSchema, isSignedBy, parseOrThrow, RecoveryError, sha256Hex, sha256Schema, tenantIdSchema, trustedKeySchema, type StatementSigner } from '@winre-kit/sdk';
import { z } from 'zod';
import { consentSchema } from './data-category.ts';
import { devicePoliciesSchema } from './device-policies.ts';
import { ed25519PublicKeySchema, nonceSchema } from './ed25519-public-key.ts';
import { escrowKeySchema } from './sealing-key.ts';
import { signedRevocationsSchema } from './signed-revocations.ts';
import { signedTimeSchema } from './signed-time.ts';
import { signedTrustUpdateSchema } from './signed-trust-update.ts';

/** What a device says about itself when it enrols, signed by the key it brings. */
export const enrolmentStatementSchema = z.strictObject({
  kind: z.literal('winre-enrol/v1'),
  tokenKind: z.enum(['one-time', 'continuity']),
  tokenSha256: sha256Schema,
  /** Stays the same across rebuilds. */
  hardwareId: z.string().min(1).max(200),
  serialNumber: z.string().min(1).max(200).optional(),
  displayName: z.string().min(1).max(200),
  devicePublicKey: ed25519PublicKeySchema,
  /** Random, made with an empty state folder; another one later means that the ledger of executed operations was lost. */
  stateGeneration: nonceSchema,
  osBuild: z.string().min(1).max(64).optional(),
  platform: z.enum(['windows', 'linux']),
  timeNonce: nonceSchema,
});
export type EnrolmentStatement = z.infer<typeof enrolmentStatementSchema>;

/** A signed statement with the one-time token it was made for. */
export const enrolmentRequestSchema = z.strictObject({
  statement: enrolmentStatementSchema,
  signature: base64Schema,
  /** The token itself, a secret. The statement names it by digest. */
  token: z.string().min(16).max(512),
});
export type EnrolmentRequest = z.infer<typeof enrolmentRequestSchema>;

/** Who the device is now, and whom it shall trust. */
export const enrolmentReplySchema = z.object({
  tenantId: tenantIdSchema,
  deviceId: deviceIdSchema,
  enrolmentEpoch: enrolmentEpochSchema,
  /** Everything to pin: approvers, script signers and gateway keys, with the number of the last trust update in them. */
  trustedKeys: z.array(trustedKeySchema),
  trustSequence: z.int().nonnegative(),
  /** Every update of the tenant, in order: a device that is enrolled again keeps its pins and follows these. */
  trustUpdates: z.array(signedTrustUpdateSchema).optional(),
  /** Present when the tenant's authorities are not those of the enrolment file any more. */
  caCertificatesPem: z.array(z.string()).optional(),
  time: signedTimeSchema,
  revocations: signedRevocationsSchema,
  escrowKey: escrowKeySchema.optional(),
  policies: devicePoliciesSchema,
  consent: consentSchema,
});
export type EnrolmentReply = z.infer<typeof enrolmentReplySchema>;

/** Builds the request; `token` is revealed only inside its body. Sending the same statement again after a lost reply gives the same enrolment. */
export async function signEnrolment(statement: Omit<EnrolmentStatement, 'kind' | 'tokenSha256' | 'devicePublicKey'>, token: string, signer: StatementSigner): Promise<EnrolmentRequest> {
  const complete: EnrolmentStatement = { ...statement, kind: 'winre-enrol/v1', tokenSha256: await sha256Hex(token), devicePublicKey: signer.publicKey };
  return { statement: complete, signature: await signer.sign(complete), token };
}

/**
 * Checks that the request holds together: the token is the one that is named, and the key signed. Whether the token is good is the gateway's to say.
 *
 * @throws {RecoveryError} `invalid-argument` naming the field; `unauthenticated`, `facts.reason` `bad-signature`
 */
export async function verifyEnrolment(value: unknown): Promise<EnrolmentRequest> {
  const request = parseOrThrow(enrolmentRequestSchema, value, 'enrolment');
  const { statement } = request;
  if ((await sha256Hex(request.token)) !== statement.tokenSha256) throw new RecoveryError('invalid-argument', 'enrolment: statement.tokenSha256: expected the digest of the token', { fieldPath: 'statement.tokenSha256' });
  if (!(await isSignedBy(statement.devicePublicKey, statement, request.signature))) throw new RecoveryError('unauthenticated', 'the enrolment is not signed by the device key it brings', { facts: { reason: 'bad-signature' } });
  return request;
}
