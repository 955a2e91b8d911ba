import { instantSchema, lossStatementSchema, networkStatusSchema, rebuildOfferingSchema, remediationOutcomeSchema, restorePointSchema, sha256Schema } from '@winre-kit/sdk';
import { z } from 'zod';

const yesNoUnknown = z.enum(['yes', 'no', 'unknown']);

/** What a device observes about itself, for prechecks. What it cannot see is `unknown` or absent, never guessed. */
export const deviceFactsSchema = z.object({
  observedAt: instantSchema,
  power: z.enum(['mains', 'battery', 'unknown']),
  batteryPercent: z.number().min(0).max(100).optional(),
  /** On the volume that the operating system lives on. */
  freeBytes: z.int().nonnegative().optional(),
  encrypted: yesNoUnknown,
  locked: yesNoUnknown,
  winreEnabled: yesNoUnknown,
  driversAvailable: yesNoUnknown,
  osBuild: z.string().optional(),
});
export type DeviceFacts = z.infer<typeof deviceFactsSchema>;

/** What a device says about one of its volumes. */
export const volumeStatusSchema = z.object({ volumeId: z.string().min(1), label: z.string().optional(), encrypted: yesNoUnknown, locked: yesNoUnknown, bytes: z.int().nonnegative().optional(), freeBytes: z.int().nonnegative().optional(), bootable: yesNoUnknown });
export type VolumeStatus = z.infer<typeof volumeStatusSchema>;

/** What a back end may ask a device. A query changes nothing, so it may be asked twice. */
export const querySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('restore-points') }),
  z.strictObject({ kind: z.literal('restore-preview'), restorePointId: z.string().min(1) }),
  z.strictObject({ kind: z.literal('rebuild-preview'), offering: rebuildOfferingSchema }),
  z.strictObject({ kind: z.literal('network-status') }),
  z.strictObject({ kind: z.literal('volume-status') }),
  z.strictObject({ kind: z.literal('remediation-outcome') }),
  z.strictObject({ kind: z.literal('diagnostics') }),
]);
export type Query = z.infer<typeof querySchema>;
/** What a device can be asked. */
export type QueryKind = Query['kind'];

/** The answer to each kind of query. */
export const queryReplySchemas = {
  /** Newest first. */
  'restore-points': z.object({ restorePoints: z.array(restorePointSchema) }),
  'restore-preview': z.object({ restorePoint: restorePointSchema, loss: lossStatementSchema, facts: deviceFactsSchema }),
  /** `contentDigest` names what is on the media; a rebuild's plan carries it, see `requireBoundMedia`. */
  'rebuild-preview': z.object({ loss: lossStatementSchema, facts: deviceFactsSchema, media: z.object({ reachable: yesNoUnknown, intact: yesNoUnknown, detail: z.string().optional(), contentDigest: sha256Schema.optional() }) }),
  'network-status': networkStatusSchema,
  'volume-status': z.object({ volumes: z.array(volumeStatusSchema), facts: deviceFactsSchema }),
  'remediation-outcome': remediationOutcomeSchema,
  diagnostics: z.object({ facts: deviceFactsSchema, bootCheck: z.object({ state: z.enum(['passed', 'failed', 'not-run']), detail: z.string(), observedAt: instantSchema }), details: z.record(z.string(), z.json()) }),
} as const satisfies Record<QueryKind, z.ZodType>;
/** The answer to one kind of query. */
export type QueryReplyOf<Kind extends QueryKind> = z.infer<(typeof queryReplySchemas)[Kind]>;
/** The answer to any query. */
export type QueryReply = QueryReplyOf<QueryKind>;
