import { z } from 'zod';
import { instantSchema, rawMembersSchema } from './primitives.ts';

/**
 * Quick Machine Recovery settings in neutral words; ranges are those of the 2026 dialect.
 * @see docs/design/plugin-contract.md#facets
 */
export const remediationPolicySchema = z
  .strictObject({
    cloudRemediation: z.boolean(),
    autoRemediation: z.boolean(),
    /** 0 scans once and does not retry. */
    retryIntervalMinutes: z.int().min(0).max(4_320),
    timeToRebootMinutes: z.int().min(1).max(4_320),
  })
  .refine((policy) => policy.retryIntervalMinutes <= policy.timeToRebootMinutes, { path: ['retryIntervalMinutes'], message: 'expected at most timeToRebootMinutes' })
  .refine((policy) => policy.cloudRemediation || !policy.autoRemediation, { path: ['autoRemediation'], message: 'expected false while cloudRemediation is false' });
export type RemediationPolicy = z.infer<typeof remediationPolicySchema>;

/** What native Quick Machine Recovery did on the device, as far as the vendor can see. */
export const remediationOutcomeSchema = z.object({
  state: z.enum(['not-run', 'running', 'repaired', 'not-repaired', 'test-passed', 'test-failed', 'unknown']),
  observedAt: instantSchema,
  detail: z.string().optional(),
  raw: rawMembersSchema.optional(),
});
export type RemediationOutcome = z.infer<typeof remediationOutcomeSchema>;
