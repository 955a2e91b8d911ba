import { z } from 'zod';
import { instantSchema } from './primitives.ts';

/** Prechecks with a meaning shared by all plug-ins; vendors may add others under their own prefix. */
export const knownPrecheckIds = [
  'session-live', 'winre-enabled', 'power', 'network', 'free-space', 'restore-point-intact', 'volume-unlocked', 'recovery-key-escrowed',
  'enrolment-available', 'backup-recent', 'drivers-available', 'media-available', 'os-build', 'network-kind-supported', 'interpreter-supported',
  'payload-trusted', 'disconnect-confirmed', 'licence',
] as const;

/** One condition with evidence. `unknown` fails closed for destructive verbs. */
export const precheckSchema = z.object({
  id: z.string().min(1),
  state: z.enum(['met', 'unmet', 'unknown']),
  observedAt: instantSchema,
  evidence: z.string().min(1),
  /** `false` marks a precheck that only informs. */
  required: z.boolean().default(true),
});
export type Precheck = z.infer<typeof precheckSchema>;
