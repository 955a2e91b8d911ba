import { z } from 'zod';
import { instantSchema, rawMembersSchema } from './primitives.ts';

/** A release that can be installed. Sizes are the vendor's word: no constant stands in for them. */
export const rebuildOfferingSchema = z.object({
  id: z.string().min(1),
  release: z.string().min(1),
  language: z.string().min(2),
  edition: z.string().min(1),
  mediaSource: z.object({ kind: z.enum(['windows-update', 'repository', 'share', 'removable']), location: z.string().min(1), downloadBytes: z.int().nonnegative().optional() }),
  raw: rawMembersSchema.optional(),
});
export type RebuildOffering = z.infer<typeof rebuildOfferingSchema>;

/** A person's word for a precheck that no system can observe, such as a recent backup. */
export const operatorAttestationSchema = z.strictObject({ precheck: z.string().min(1), statement: z.string().min(1).max(1_000), by: z.string().min(1), at: instantSchema });
export type OperatorAttestation = z.infer<typeof operatorAttestationSchema>;

/** One item of the list that runs after a rebuild. */
export const validationItemSchema = z.object({ id: z.enum(['applications', 'user-data', 'drivers', 'encryption', 're-enrolment', 'boot']), state: z.enum(['passed', 'failed', 'not-applicable', 'unknown']), detail: z.string() });
export type ValidationItem = z.infer<typeof validationItemSchema>;
