import { z } from 'zod';

const match = {
  /** An operation of the surface, such as `wipe`; `batch` for a `$batch` as a whole. Without it every one. */
  operation: z.string().optional(),
  /** A path variable has this value: the id of a device, a script, a policy. */
  objectId: z.string().optional(),
  /** Only parts of batches, or only requests that came alone. */
  isBatchPart: z.boolean().optional(),
  /** So many that match go well first. */
  skip: z.int().min(0).optional(),
  /** How often; without it until the faults are cleared. */
  times: z.int().min(1).optional(),
};

/** Something that goes wrong between client and tenant, and which requests it meets. */
export const tenantFaultSchema = z.discriminatedUnion('kind', [
  /** 429. */
  z.strictObject({ kind: z.literal('throttle'), ...match, retryAfterSeconds: z.int().min(0).optional(), form: z.enum(['seconds', 'date', 'none']).optional() }),
  z.strictObject({ kind: z.literal('server-error'), ...match, status: z.union([z.literal(500), z.literal(502), z.literal(503), z.literal(504)]), retryAfterSeconds: z.int().min(0).optional() }),
  /** A gateway's page instead of JSON; nothing was done. */
  z.strictObject({ kind: z.literal('html-page'), ...match, status: z.union([z.literal(200), z.literal(502), z.literal(503)]) }),
  /** 401, as if the token had ended early. The token itself stays good. */
  z.strictObject({ kind: z.literal('token-rejected'), ...match }),
  /** The connection breaks, and nothing was done. */
  z.strictObject({ kind: z.literal('cut-before-effect'), ...match }),
  /** It was done, and the connection breaks before the answer. */
  z.strictObject({ kind: z.literal('cut-after-effect'), ...match }),
  /** It was done, and the answer is 200 without a body. */
  z.strictObject({ kind: z.literal('empty-reply'), ...match }),
  /** Fields are missing from replies. */
  z.strictObject({ kind: z.literal('missing-fields'), ...match, fields: z.array(z.string()) }),
]);

/** Something that goes wrong: throttling, errors of the service, cut connections, replies that lack what they should have. */
export type TenantFault = Readonly<z.infer<typeof tenantFaultSchema>>;
