import { canonicalJson, instantSchema, operationKeySchema, planBindingSchema, rebuildOfferingSchema, RecoveryError, sha256Schema, signedApprovalSchema, type PlanBinding, type RebuildOffering } from '@winre-kit/sdk';
import { z } from 'zod';
import { querySchema } from './query.ts';
import { sealedSchema } from './sealed-secret.ts';

const commandIdSchema = z.string().min(1).max(200);

/** An operation on its way to the device. It leaves the gateway once; the device executes `binding.intent` and nothing else. */
export const operationCommandSchema = z.strictObject({
  kind: z.literal('operation'),
  commandId: commandIdSchema,
  /** Higher with every delivery to this device. */
  sequence: z.int().positive(),
  operationKey: operationKeySchema,
  planDigest: sha256Schema,
  binding: planBindingSchema,
  approvals: z.array(signedApprovalSchema),
  /** By gateway time; the device does not begin it later. */
  deliverBy: instantSchema,
  /** By name, sealed to the key of this channel. */
  sealedSecrets: z.record(z.string(), sealedSchema),
});
export type OperationCommand = z.infer<typeof operationCommandSchema>;

/** A question. It has no sequence: asking twice is harmless. */
export const queryCommandSchema = z.strictObject({ kind: z.literal('query'), commandId: commandIdSchema, query: querySchema });
export type QueryCommand = z.infer<typeof queryCommandSchema>;

/** What a poll brings to the device: an operation to carry out or a question to answer. */
export const commandSchema = z.discriminatedUnion('kind', [operationCommandSchema, queryCommandSchema]);
export type Command = z.infer<typeof commandSchema>;

/**
 * The offering that the approvers saw: a rebuild's plan carries it in the body of one of its requests, under `offering`. Where the media come from is
 * covered by the plan digest that way, and nobody can point an approved rebuild at other media.
 *
 * @throws {RecoveryError} `plan-stale` when the plan holds no such offering, or two different ones
 */
export function requireBoundOffering(binding: PlanBinding): RebuildOffering {
  const { intent } = binding;
  const offerings = binding.requests.flatMap(({ body }) => {
    const parsed = z.looseObject({ offering: rebuildOfferingSchema }).safeParse(body);
    return parsed.success && intent.capability === 'winre.rebuild.trigger' && parsed.data.offering.id === intent.offeringId ? [parsed.data.offering] : [];
  });
  const [first] = offerings;
  if (!first || new Set(offerings.map((offering) => canonicalJson(offering))).size !== 1) {
    throw new RecoveryError('plan-stale', 'the plan does not say where the media of its offering come from: plan again with the offering in the request', { fieldPath: 'binding.requests' });
  }
  return first;
}

/**
 * What the media held when the approvers saw the plan: a digest over every name and byte of the golden snapshot, in the body of one of the plan's requests
 * under `media.contentDigest`. Whoever can write the media cannot swap what an approved rebuild installs.
 *
 * @throws {RecoveryError} `plan-stale` when the plan holds no such digest, or two different ones
 */
export function requireBoundMedia(binding: PlanBinding): string {
  const digests = binding.requests.flatMap(({ body }) => {
    const parsed = z.looseObject({ media: z.looseObject({ contentDigest: sha256Schema }) }).safeParse(body);
    return parsed.success ? [parsed.data.media.contentDigest] : [];
  });
  const [first] = digests;
  if (first === undefined || new Set(digests).size !== 1) throw new RecoveryError('plan-stale', 'the plan does not say what its media hold: plan again while the device can read them', { fieldPath: 'binding.requests' });
  return first;
}
