import { operationEvidenceSchema, operationKeySchema, operationReportSchema } from '@winre-kit/sdk';
import { z } from 'zod';
import { protocolLimits } from './protocol-limits.ts';

/** What a device says about an operation. `vendorRef` is the gateway's to add. */
export const deviceReportSchema = z.strictObject({
  ...operationReportSchema.omit({ vendorRef: true, vendorApproval: true, vendor: true }).shape,
  state: z.enum(['delivered', 'running', 'verifying', 'succeeded', 'failed']),
  /** Agents speak for themselves only. */
  evidence: z.strictObject({ ...operationEvidenceSchema.shape, source: z.literal('agent') }).optional(),
});
export type DeviceReport = z.infer<typeof deviceReportSchema>;
export type DeviceReportInput = z.input<typeof deviceReportSchema>;

/** `reportSequence` grows per operation. The agent keeps a report until it is acknowledged or refused; repeats are harmless. */
export const reportRequestSchema = z.strictObject({
  reports: z.array(z.strictObject({ operationKey: operationKeySchema, reportSequence: z.int().positive(), report: deviceReportSchema })).min(1).max(protocolLimits.maxReportsPerRequest),
});
export type ReportRequest = z.infer<typeof reportRequestSchema>;
export type ReportRequestInput = z.input<typeof reportRequestSchema>;

/** Reports that are stored now; the agent may forget them. */
export const reportReplySchema = z.object({
  acknowledged: z.array(z.object({ operationKey: operationKeySchema, reportSequence: z.int() })),
  /** Will never be taken: drop them. */
  refused: z.array(z.object({ operationKey: operationKeySchema, reportSequence: z.int(), code: z.string(), message: z.string() })),
});
export type ReportReply = z.infer<typeof reportReplySchema>;
