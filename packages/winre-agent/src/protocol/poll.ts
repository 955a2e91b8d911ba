import { networkStatusSchema } from '@winre-kit/sdk';
import { z } from 'zod';
import { commandSchema } from './command.ts';
import { consentSchema } from './data-category.ts';
import { devicePoliciesSchema } from './device-policies.ts';
import { nonceSchema } from './ed25519-public-key.ts';
import { logWindowSchema } from './log-chunk.ts';
import { protocolLimits } from './protocol-limits.ts';
import { signedRevocationsSchema } from './signed-revocations.ts';
import { signedTimeSchema } from './signed-time.ts';
import { signedTrustUpdateSchema } from './signed-trust-update.ts';

/**
 * A heartbeat that waits for commands. An agent has one poll open at a time and gives the old one up for good before it sends the next: a reply that
 * arrives afterwards is thrown away unread. What `lastCommandSequence` does not cover by then has never arrived.
 */
export const pollRequestSchema = z.strictObject({
  waitMs: z.int().nonnegative().max(protocolLimits.maxPollWaitMs),
  /** Counts the heartbeats of this boot. */
  heartbeat: z.int().nonnegative(),
  lastCommandSequence: z.int().nonnegative(),
  /** Queries being worked on; every other unanswered one is sent again. */
  openQueryIds: z.array(z.string().min(1).max(200)).max(100),
  /** The last update and list that were applied, and the settings that are followed: what is newer comes with the reply. */
  trustSequence: z.int().nonnegative(),
  revocationsSequence: z.int().min(-1),
  settingsVersion: z.string().max(64),
  network: z.strictObject(networkStatusSchema.shape).optional(),
  timeNonce: nonceSchema.optional(),
});
export type PollRequest = z.infer<typeof pollRequestSchema>;

/** Commands, and whatever has changed since the last poll. */
export const pollReplySchema = z.object({
  commands: z.array(commandSchema),
  /** Answers `timeNonce`. */
  time: signedTimeSchema.optional(),
  /** These come while the agent's are older; something new ends the wait once. */
  revocations: signedRevocationsSchema.optional(),
  trustUpdates: z.array(signedTrustUpdateSchema).optional(),
  policies: devicePoliciesSchema.optional(),
  consent: consentSchema.optional(),
  settingsVersion: z.string().optional(),
  logs: logWindowSchema,
});
export type PollReply = z.infer<typeof pollReplySchema>;
