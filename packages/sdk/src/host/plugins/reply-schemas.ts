import { z } from 'zod';
import { instantSchema, noticeSchema } from '../../schemas/primitives.ts';
import { operationReportSchema } from '../../schemas/operation.ts';
import { recoveryAbilitiesSchema } from '../../schemas/session.ts';

/* Replies whose shape the contract gives as an interface only. */

export const probeReportSchema = z.object({
  state: z.enum(['ready', 'starting', 'degraded', 'failed']),
  checks: z.array(z.object({ id: z.string(), passed: z.boolean(), detail: z.string() })),
  observedAt: instantSchema,
  nextProbeAfterMs: z.number().positive().exactOptional(),
});
export const deviceCapabilitiesSchema = z.object({ abilities: z.union([recoveryAbilitiesSchema, z.undefined()]), unavailable: z.record(z.string(), z.string()) });
export const escrowStatusSchema = z.object({
  escrowed: z.boolean(),
  observedAt: instantSchema,
  volumes: z.array(z.object({ volumeId: z.string(), keyId: z.string(), escrowedAt: z.string() })),
});
export const artifactReferenceSchema = z.object({ id: z.string().min(1), category: z.string(), name: z.string(), bytes: z.number().nonnegative(), createdAt: z.string() });
export const storedSettingSchema = z.object({ notices: z.array(noticeSchema) });
export const cancelReplySchema = z.enum(['accepted', 'too-late', 'not-supported']);
export const reconcileFindingSchema = z.discriminatedUnion('finding', [
  z.object({ finding: z.literal('found'), report: operationReportSchema }),
  z.object({ finding: z.literal('absent'), reason: z.string(), vendorRef: z.string().min(1).optional() }),
  z.object({ finding: z.literal('cannot-tell'), reason: z.string() }),
]);
export const bytesSchema = z.instanceof(Uint8Array);
