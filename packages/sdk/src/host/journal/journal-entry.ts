import { z } from 'zod';
import { signedApprovalSchema } from '../../schemas/approval.ts';
import { effectSchema } from '../../schemas/effect.ts';
import { operationEvidenceSchema, operationHandleSchema, operationReportSchema, operationStateSchema } from '../../schemas/operation.ts';
import { planBindingSchema } from '../../schemas/plan.ts';
import { precheckSchema } from '../../schemas/precheck.ts';
import { instantSchema, operationKeySchema, sha256Schema, tenantIdSchema } from '../../schemas/primitives.ts';
import { lossStatementSchema } from '../../schemas/restore.ts';

const stamped = { operationKey: operationKeySchema, at: instantSchema };

/** What is fixed when an operation is submitted. Holds no secret. */
export const submittedOperationSchema = z.strictObject({
  handle: operationHandleSchema,
  tenantId: tenantIdSchema,
  effect: effectSchema,
  planDigest: sha256Schema,
  binding: planBindingSchema,
  prechecks: z.array(precheckSchema),
  loss: lossStatementSchema.optional(),
  requestedBy: z.string().min(1),
  approvalsNeeded: z.int().nonnegative(),
  /** Approvals count only when they arrive before this time, */
  approveBy: instantSchema,
  /** and nothing is sent after this one. */
  executeBy: instantSchema,
});
export type SubmittedOperation = z.infer<typeof submittedOperationSchema>;

/** What a person found out about an operation whose outcome is unknown. */
export const operationFindingSchema = z.enum(['succeeded', 'failed']);
export type OperationFinding = z.infer<typeof operationFindingSchema>;

/** One durable fact about one operation. The operation's present condition is the fold of its entries. */
export const journalEntrySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('operation.submitted'), ...stamped, operation: submittedOperationSchema }),
  z.strictObject({ type: z.literal('operation.approved'), ...stamped, principal: z.string().min(1), approval: signedApprovalSchema }),
  z.strictObject({
    type: z.literal('operation.state'),
    ...stamped,
    from: operationStateSchema,
    to: operationStateSchema,
    reason: z.string(),
    report: operationReportSchema.optional(),
    evidence: operationEvidenceSchema.optional(),
  }),
  /** Somebody wants it ended: whatever the vendor answers, it is never sent again. */
  z.strictObject({ type: z.literal('operation.cancel-requested'), ...stamped, by: z.string().min(1), reason: z.string().min(1) }),
  z.strictObject({ type: z.literal('operation.finding'), ...stamped, finding: operationFindingSchema, by: z.string().min(1), reason: z.string().min(1) }),
]);
export type JournalEntry = z.infer<typeof journalEntrySchema>;
