import { z } from 'zod';
import { deviceBindingSchema } from '../schemas/device.ts';
import { networkStatusSchema } from '../schemas/network.ts';
import { operationReportSchema, operationStateSchema } from '../schemas/operation.ts';
import { instantSchema, jsonValueSchema, operationIdSchema, operationKeySchema, sessionIdSchema } from '../schemas/primitives.ts';
import { recoverySessionSchema, sessionEndReasonSchema } from '../schemas/session.ts';

const stamped = {
  /** Unique per event; the same id twice is the same event. */
  eventId: z.string().min(1),
  occurredAt: instantSchema,
  observedAt: instantSchema,
  /** Members that this version of the contract does not know. */
  raw: jsonValueSchema.optional(),
};
const ofSession = { ...stamped, sessionId: sessionIdSchema, device: deviceBindingSchema };

/**
 * What happens to a device in WinRE. Delivered at least once, in order per device.
 * @see docs/design/plugin-contract.md#session-events
 */
export const sessionEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('session.detected'), ...ofSession, session: recoverySessionSchema }),
  z.object({ type: z.literal('session.network'), ...ofSession, network: networkStatusSchema }),
  z.object({ type: z.literal('session.heartbeat'), ...ofSession, sequence: z.int().nonnegative() }),
  z.object({ type: z.literal('session.log'), ...ofSession, sequence: z.int().nonnegative(), stream: z.enum(['agent', 'stdout', 'stderr']), text: z.string(), bytes: z.int().nonnegative(), truncated: z.boolean() }),
  z.object({ type: z.literal('session.operation'), ...ofSession, operationKey: operationKeySchema, operationId: operationIdSchema.optional(), state: operationStateSchema, report: operationReportSchema }),
  z.object({ type: z.literal('session.lost'), ...ofSession, silentForMs: z.int().nonnegative() }),
  z.object({ type: z.literal('session.ended'), ...ofSession, reason: sessionEndReasonSchema }),
  /** Events between the resume token and the oldest one kept are gone: list again. */
  z.object({ type: z.literal('stream.gap'), ...stamped, reason: z.string() }),
  z.object({ type: z.literal('stream.checkpoint'), ...stamped, resumeToken: z.string().min(1) }),
]);
export type SessionEvent = z.infer<typeof sessionEventSchema>;
export type SessionEventInput = z.input<typeof sessionEventSchema>;
