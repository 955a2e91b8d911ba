import { z } from 'zod';
import { base64Schema, instantSchema, jsonValueSchema, keyIdSchema, sha256Schema } from '../../schemas/primitives.ts';

/** Everything the audit log tells apart. */
export const auditKindSchema = z.enum([
  'plugin.opened', 'plugin.closed', 'plugin.note',
  'session.detected', 'session.resumed', 'session.lost', 'session.ended',
  'operation.planned', 'operation.submitted', 'operation.approval', 'operation.approval-refused', 'operation.dispatch', 'operation.refused',
  'operation.state', 'operation.evidence', 'operation.reconciled', 'operation.finding', 'operation.cancel',
  'policy.set', 'playbook.decision', 'playbook.ended',
]);
export type AuditKind = z.infer<typeof auditKindSchema>;

/** One fact as written: who, about what, when. Never a secret, never the content of a script. */
export const auditEntrySchema = z.strictObject({
  /** 0, 1, 2 … without gaps; the index of the leaf in the tree. */
  sequence: z.int().nonnegative(),
  at: instantSchema,
  kind: auditKindSchema,
  /** `host`, `plugin:<id>` or the principal of a person. */
  actor: z.string().min(1),
  subject: z.strictObject({
    pluginId: z.string().optional(),
    deviceId: z.string().optional(),
    sessionId: z.string().optional(),
    operationKey: z.string().optional(),
  }),
  message: z.string(),
  facts: z.record(z.string(), jsonValueSchema),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;
/** An entry before the log gives it its place and time. */
export type AuditEntryInput = Omit<AuditEntry, 'sequence' | 'at'>;

/** The state of the log at one moment. Kept elsewhere, it makes a later removal of older entries visible. */
export const auditCheckpointSchema = z.strictObject({
  statement: z.strictObject({ kind: z.literal('winre-audit-checkpoint/v1'), size: z.int().nonnegative(), root: sha256Schema, at: instantSchema }),
  /** Absent when the log has no signer. */
  signature: z.strictObject({ keyId: keyIdSchema, publicKey: base64Schema, signature: base64Schema }).optional(),
});
export type AuditCheckpoint = z.infer<typeof auditCheckpointSchema>;

/** A log that can be verified with nothing but itself and, for who signed it, the signer's public key. */
export const auditExportSchema = z.strictObject({
  kind: z.literal('winre-audit-export/v1'),
  entries: z.array(auditEntrySchema),
  /** Oldest first; the last one covers every entry. */
  checkpoints: z.array(auditCheckpointSchema).min(1),
});
export type AuditExport = z.infer<typeof auditExportSchema>;
