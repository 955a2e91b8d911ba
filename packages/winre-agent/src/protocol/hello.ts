import { base64Schema, bootReasonSchema, deviceIdSchema, enrolmentEpochSchema, instantSchema, operationKeySchema, recoveryAbilitiesSchema, sessionIdSchema, type StatementSigner } from '@winre-kit/sdk';
import { z } from 'zod';
import { consentSchema } from './data-category.ts';
import { devicePoliciesSchema } from './device-policies.ts';
import { nonceSchema } from './ed25519-public-key.ts';
import { escrowKeySchema, x25519PublicKeySchema } from './sealing-key.ts';
import { signedRevocationsSchema } from './signed-revocations.ts';
import { signedTimeSchema } from './signed-time.ts';
import { signedTrustUpdateSchema } from './signed-trust-update.ts';

/** Asks for a challenge to answer in the hello. */
export const challengeRequestSchema = z.strictObject({ deviceId: deviceIdSchema });
export type ChallengeRequest = z.infer<typeof challengeRequestSchema>;
/** A challenge serves one hello. An unknown device gets one too, so that the answer tells nobody which devices exist. */
export const challengeReplySchema = z.object({ challenge: nonceSchema, expiresAt: instantSchema });
export type ChallengeReply = z.infer<typeof challengeReplySchema>;

/** Where an operation stands in the ledger of the agent. `finished` ones are named until their last report is acknowledged. */
export const openOperationSchema = z.strictObject({ operationKey: operationKeySchema, state: z.enum(['received', 'started', 'finished']) });
export type OpenOperation = z.infer<typeof openOperationSchema>;

/** What an agent says when it opens a channel, signed by the device key over a challenge. */
export const helloStatementSchema = z.strictObject({
  kind: z.literal('winre-hello/v1'),
  deviceId: deviceIdSchema,
  enrolmentEpoch: enrolmentEpochSchema,
  challenge: nonceSchema,
  /** `service`: in the running OS. `recovery`: in WinRE, which opens or resumes a session. */
  mode: z.enum(['service', 'recovery']),
  bootReason: bootReasonSchema,
  /** Random, made once per boot: the same boot is the same session. */
  bootId: nonceSchema,
  resumeSessionId: sessionIdSchema.optional(),
  agentVersion: z.string().min(1).max(64),
  osBuild: z.string().min(1).max(64).optional(),
  winreVersion: z.string().min(1).max(64).optional(),
  stateGeneration: nonceSchema,
  /** The highest sequence of an operation that lies durably in the ledger; 0 for none. */
  lastCommandSequence: z.int().nonnegative(),
  openOperations: z.array(openOperationSchema).max(1_000),
  abilities: z.strictObject(recoveryAbilitiesSchema.shape),
  /** Fresh per channel; its private key never leaves the process. */
  sealingPublicKey: x25519PublicKeySchema,
  /** The last trust update that was applied, and the last revocation list; -1 for no list yet. */
  trustSequence: z.int().nonnegative(),
  revocationsSequence: z.int().min(-1),
  timeNonce: nonceSchema,
});
export type HelloStatement = z.infer<typeof helloStatementSchema>;

/** A signed hello: opens a channel. */
export const helloRequestSchema = z.strictObject({ statement: helloStatementSchema, signature: base64Schema });
export type HelloRequest = z.infer<typeof helloRequestSchema>;

/** The channel that was opened, with signed time and everything the device must know to act. */
export const helloReplySchema = z.object({
  channelId: z.string().min(1),
  /** Present in recovery mode. */
  sessionId: sessionIdSchema.optional(),
  heartbeatEveryMs: z.int().positive(),
  logWindowBytes: z.int().nonnegative(),
  /** The highest log sequence of this boot that was taken; an agent that lost count goes on above it. */
  lastLogSequence: z.int().nonnegative(),
  time: signedTimeSchema,
  revocations: signedRevocationsSchema,
  /** Those after the agent's `trustSequence`, in order. */
  trustUpdates: z.array(signedTrustUpdateSchema),
  escrowKey: escrowKeySchema.optional(),
  policies: devicePoliciesSchema,
  consent: consentSchema,
  /** Names this state of policies and consent; polls say it back. */
  settingsVersion: z.string(),
});
export type HelloReply = z.infer<typeof helloReplySchema>;

/** Signs a hello with the device key. */
export async function signHello(statement: Omit<HelloStatement, 'kind'>, signer: StatementSigner): Promise<HelloRequest> {
  const complete: HelloStatement = { ...statement, kind: 'winre-hello/v1' };
  return { statement: complete, signature: await signer.sign(complete) };
}
