import { instantSchema, operationKeySchema, planBindingSchema, sha256Schema, signedApprovalSchema } from '@winre-kit/sdk';
import { deviceReportSchema, nonceSchema } from '../../protocol/index.ts';
import { z } from 'zod';

const commandSequence = z.int().positive();
const reportSequence = z.int().positive();

/** What a destructive operation needs to begin, or to go on, after the agent was killed. Sealed secrets are not kept: their key was in memory only. */
const destructivePlanSchema = z.strictObject({ binding: planBindingSchema, approvals: z.array(signedApprovalSchema), deliverBy: instantSchema });

/**
 * One line of the operation ledger.
 *
 * `opened` is the first line. `received` is written before a command is looked at, `started` before anything is changed, `phase` when a step of a
 * long operation is done, `finished` before its report is sent, `acknowledged` when the gateway has the report.
 */
export const ledgerEntrySchema = z.discriminatedUnion('entry', [
  z.strictObject({ entry: z.literal('opened'), stateGeneration: nonceSchema, replacesLostLedger: z.boolean() }),
  /** First gateway time after a lost ledger: approvals given before it may have been used already. */
  z.strictObject({ entry: z.literal('anchored'), gatewayTimeMs: z.number() }),
  z.strictObject({
    entry: z.literal('received'),
    operationKey: operationKeySchema,
    commandSequence,
    capability: z.string().min(1),
    planDigest: sha256Schema,
    destructivePlan: destructivePlanSchema.optional(),
  }),
  /** A command that came again under a higher number. */
  z.strictObject({ entry: z.literal('repeated'), operationKey: operationKeySchema, commandSequence }),
  z.strictObject({ entry: z.literal('started'), operationKey: operationKeySchema, executionId: z.string().min(1), bootId: z.string().min(1) }),
  z.strictObject({ entry: z.literal('phase'), operationKey: operationKeySchema, phase: z.string().min(1) }),
  /** The agent came back and deals with it again; an execution that was started keeps its id. */
  z.strictObject({ entry: z.literal('resumed'), operationKey: operationKeySchema }),
  z.strictObject({ entry: z.literal('finished'), operationKey: operationKeySchema, reportSequence, report: deviceReportSchema }),
  z.strictObject({ entry: z.literal('acknowledged'), operationKey: operationKeySchema, reportSequence }),
]);
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>;
export type LedgerEntryInput = z.input<typeof ledgerEntrySchema>;
export type DestructivePlan = z.infer<typeof destructivePlanSchema>;
