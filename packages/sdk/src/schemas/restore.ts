import { z } from 'zod';
import { instantSchema, rawMembersSchema, sha256Schema } from './primitives.ts';

/** Hours between two restore points. */
export const restoreCadenceHoursSchema = z.literal([4, 6, 12, 16, 24]);
/** Hours that a restore point is kept. */
export const restoreRetentionHoursSchema = z.literal([4, 6, 12, 16, 24, 72]);

/**
 * When restore points are taken and how long they live.
 * @see docs/design/plugin-contract.md#restore-and-rebuild
 */
export const restorePolicySchema = z.strictObject({
  enabled: z.boolean(),
  cadenceHours: restoreCadenceHoursSchema,
  retentionHours: restoreRetentionHoursSchema,
  maxDiskBytes: z.int().positive(),
});
export type RestorePolicy = z.infer<typeof restorePolicySchema>;

/** One state of the volume that the device can go back to. */
export const restorePointSchema = z.object({
  id: z.string().min(1),
  takenAt: instantSchema,
  /** `damaged`: a check found stored bytes missing or altered; never offered for a restore. */
  state: z.enum(['intact', 'damaged', 'unverified']),
  trigger: z.enum(['schedule', 'request', 'safety', 'unknown']),
  bytes: z.int().nonnegative().optional(),
  osBuild: z.string().optional(),
  detail: z.string().optional(),
  raw: rawMembersSchema.optional(),
});
export type RestorePoint = z.infer<typeof restorePointSchema>;

/** A file whose present content would be gone after the restore. `created` files are deleted, `modified` ones go back. */
export const lossEntrySchema = z.strictObject({ path: z.string().min(1), change: z.enum(['created', 'modified']), bytes: z.int().nonnegative() });
export type LossEntry = z.infer<typeof lossEntrySchema>;

/** What a destructive operation would take away, as far as it can be known before. */
export const lossStatementSchema = z.strictObject({
  window: z.strictObject({ from: instantSchema, to: instantSchema }).optional(),
  files: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  /** At most 1,000 entries, sorted by path; `digest` covers all of them. */
  entries: z.array(lossEntrySchema).max(1_000),
  truncated: z.boolean(),
  /** SHA-256 over the canonical JSON of every entry, sorted by path. */
  digest: sha256Schema,
});
export type LossStatement = z.infer<typeof lossStatementSchema>;
