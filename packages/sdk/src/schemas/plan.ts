import { z } from 'zod';
import { effectSchema, reversibilitySchema } from './effect.ts';
import { intentSchema } from './intent.ts';
import { instantSchema, jsonValueSchema, noticeSchema, pluginIdSchema, sha256Schema } from './primitives.ts';
import { precheckSchema } from './precheck.ts';
import { lossStatementSchema } from './restore.ts';

/** A request as it would be sent to the vendor, secrets replaced by `«secret:name»`. */
export const vendorRequestSchema = z.strictObject({ method: z.string().min(1), url: z.string().min(1), body: jsonValueSchema.optional() });
export type VendorRequest = z.infer<typeof vendorRequestSchema>;

/** What a plug-in's `doPlan` returns. Making it writes nothing anywhere. */
export const planDraftSchema = z.strictObject({
  prechecks: z.array(precheckSchema),
  blastRadius: z.strictObject({ devices: z.int().positive(), description: z.string().min(1) }),
  /** Mandatory for restore; for rebuild it says that everything local goes, with the counts that are known. */
  loss: lossStatementSchema.optional(),
  /** Secrets that probably stop working afterwards: machine account, LAPS password, tokens. */
  secretsInvalidated: z.array(z.string().min(1)).default([]),
  quotaCost: z.array(z.strictObject({ window: z.string().min(1), cost: z.number().nonnegative() })).default([]),
  vendorApprovals: z.array(z.strictObject({ kind: z.string().min(1), description: z.string().min(1) })).default([]),
  requests: z.array(vendorRequestSchema).min(1),
  notices: z.array(noticeSchema).default([]),
});
export type PlanDraft = z.infer<typeof planDraftSchema>;
export type PlanDraftInput = z.input<typeof planDraftSchema>;

/**
 * Everything an approval stands for; `planDigest` is the SHA-256 of its canonical JSON. It travels to the device, which checks the digest and
 * executes `intent` from here, so that nobody between approver and device can swap the payload.
 */
export const planBindingSchema = z.strictObject({
  kind: z.literal('winre-plan/v1'),
  pluginId: pluginIdSchema,
  intent: intentSchema,
  requests: z.array(vendorRequestSchema),
  /** Keyed digests (HMAC) of the secrets that will be used, by name: a changed secret voids the approval, a digest reveals nothing. */
  secretDigests: z.record(z.string(), sha256Schema),
  descriptorHash: sha256Schema,
  lossDigest: sha256Schema.nullable(),
});
export type PlanBinding = z.infer<typeof planBindingSchema>;

/** A plan as shown to people and bound by approvals. */
export const recoveryPlanSchema = planDraftSchema.extend({
  planDigest: sha256Schema,
  binding: planBindingSchema,
  effect: effectSchema,
  reversibility: reversibilitySchema,
  approvalsNeeded: z.int().nonnegative(),
  plannedAt: instantSchema,
});
export type RecoveryPlan = z.infer<typeof recoveryPlanSchema>;
