import { z } from 'zod';
import { deviceBindingSchema } from './device.ts';
import { instantSchema, jsonValueSchema, noticeSchema, operationIdSchema, operationKeySchema, pluginIdSchema, rawMembersSchema, sha256Schema, vendorExtrasSchema } from './primitives.ts';
import { outputStreamSchema } from './script.ts';

/** Where an operation is; the allowed edges are in `operationTransitions`. */
export const operationStateSchema = z.enum([
  'planned', 'awaiting-approval', 'approved', 'dispatching', 'awaiting-vendor-approval', 'accepted', 'delivered', 'running', 'verifying',
  'unknown', 'succeeded', 'failed', 'cancelled', 'expired', 'rejected',
]);
export type OperationState = z.infer<typeof operationStateSchema>;

/** Names an operation across restarts and machines: plain JSON, no secret. */
export const operationHandleSchema = z.strictObject({
  operationId: operationIdSchema,
  operationKey: operationKeySchema,
  plugin: pluginIdSchema,
  /** The vendor's own name for it, once there is one. */
  vendorRef: z.string().min(1).optional(),
  device: deviceBindingSchema,
  capability: z.string().min(1),
  payloadDigest: sha256Schema,
  createdAt: instantSchema,
  /** After this time an operation that was not delivered expires and is never delivered. */
  ttlMs: z.int().positive(),
});
export type OperationHandle = z.infer<typeof operationHandleSchema>;

/** Proof that the device was seen in its new state. Vendor acceptance is never evidence. */
export const operationEvidenceSchema = z.object({
  kind: z.string().min(1),
  /** On the vendor's clock, as in the report that carries it: a clock in WinRE is often wrong. */
  observedAt: instantSchema,
  source: z.enum(['agent', 'vendor', 'continuity-token', 'operator']),
  detail: jsonValueSchema,
});
export type OperationEvidence = z.infer<typeof operationEvidenceSchema>;

/** What a plug-in reports about an operation: states from dispatching onward, in the vendor's order. */
export const operationReportSchema = z.object({
  vendorRef: z.string().min(1),
  state: operationStateSchema,
  /** The vendor's own word for the state. */
  rawState: z.string(),
  observedAt: instantSchema,
  /** When the vendor took the request, on the same clock as `observedAt`. Evidence is measured against it, so say it in every report. */
  acceptedAt: instantSchema.optional(),
  /** Only grows; 100 comes only with a terminal state. */
  percent: z.number().min(0).max(100).optional(),
  message: z.string().optional(),
  exitCode: z.int().optional(),
  /** The device's own status: a SyncML status, an HRESULT, or one of the error codes. */
  deviceCode: z.string().optional(),
  stdout: outputStreamSchema.optional(),
  stderr: outputStreamSchema.optional(),
  evidence: operationEvidenceSchema.optional(),
  vendorApproval: z.object({ reference: z.string().min(1), expiresAt: instantSchema }).optional(),
  notices: z.array(noticeSchema).default([]),
  vendor: vendorExtrasSchema.optional(),
  /** Left out of journals and snapshots: nobody vouches for what is in it. */
  raw: rawMembersSchema.optional(),
});
export type OperationReport = z.infer<typeof operationReportSchema>;
export type OperationReportInput = z.input<typeof operationReportSchema>;

/** An operation as the host knows it. */
export const operationSnapshotSchema = z.object({
  handle: operationHandleSchema,
  state: operationStateSchema,
  report: operationReportSchema.optional(),
  reason: z.string(),
  updatedAt: instantSchema,
});
export type OperationSnapshot = z.infer<typeof operationSnapshotSchema>;
