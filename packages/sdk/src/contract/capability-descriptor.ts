import { z } from 'zod';
import { RecoveryError } from '../errors/recovery-error.ts';
import { effectSchema, reversibilitySchema } from '../schemas/effect.ts';
import { networkKindSchema } from '../schemas/network.ts';
import { pluginIdSchema } from '../schemas/primitives.ts';
import { interpreterSchema } from '../schemas/script.ts';
import { digestJson } from '../trust/sha256.ts';
import { capabilityFloors, type CapabilityId } from './capability-floors.table.ts';

/** The ids of `capabilityFloors`. */
export const capabilityIdSchema = z.enum(Object.keys(capabilityFloors) as [CapabilityId, ...CapabilityId[]]);

/** What a host has to know to use a capability well. Fields that do not apply are left out. */
export const capabilityParametersSchema = z.strictObject({
  scriptInterpreters: z.array(interpreterSchema).optional(),
  maxScriptBytes: z.int().positive().optional(),
  maxPackageBytes: z.int().positive().optional(),
  networkKinds: z.array(networkKindSchema).optional(),
  /** From the device being in WinRE to the event, at most. */
  detectionLatencyMs: z.int().nonnegative().optional(),
  logStreaming: z.boolean().optional(),
  delivery: z.discriminatedUnion('mode', [z.strictObject({ mode: z.literal('push') }), z.strictObject({ mode: z.literal('poll'), everyMs: z.int().positive() })]).optional(),
  cancel: z.enum(['before-delivery', 'in-flight', 'none']).optional(),
  dryRun: z.enum(['native', 'emulated', 'none']).optional(),
  idempotency: z.enum(['native', 'lookup', 'none']).optional(),
  maxBatch: z.int().positive().optional(),
  quotaPerMinute: z.int().positive().optional(),
  quotaPerDay: z.int().positive().optional(),
});

const claimedSchema = z.strictObject({
  level: z.enum(['stable', 'preview']),
  effect: effectSchema,
  reversibility: reversibilitySchema,
  parameters: capabilityParametersSchema.default({}),
  /** Precheck ids and vendor permission scopes it needs. */
  requires: z.array(z.string().min(1)).default([]),
  reason: z.string().optional(),
});
const unavailableSchema = z.strictObject({
  level: z.literal('unavailable'),
  /** Why not: not offered by the vendor, licence, tenant, tier. */
  reason: z.string().min(1),
});

/** Capabilities that are not listed are unavailable because the plug-in does not know them. */
export const capabilityDescriptorSchema = z.strictObject({
  plugin: pluginIdSchema,
  specVersion: z.literal('v1'),
  capabilities: z.partialRecord(capabilityIdSchema, z.discriminatedUnion('level', [claimedSchema, unavailableSchema])),
});
export type CapabilityDescriptor = z.infer<typeof capabilityDescriptorSchema>;
export type CapabilityDescriptorInput = z.input<typeof capabilityDescriptorSchema>;
/** A capability that the plug-in offers, as its descriptor states it. */
export type ClaimedCapability = z.infer<typeof claimedSchema>;

const riskOrder = { effect: effectSchema.options, reversibility: reversibilitySchema.options } as const;

/**
 * Parses a descriptor, refuses one that weakens a floor, and freezes it deeply.
 *
 * @throws {RecoveryError} `invalid-config` naming the capability and the floor it undercuts
 */
export function sealDescriptor(input: CapabilityDescriptorInput): CapabilityDescriptor {
  const parsed = capabilityDescriptorSchema.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new RecoveryError('invalid-config', `capability descriptor: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`, { fieldPath: issue?.path.join('.') ?? '' });
  }
  for (const [id, capability] of Object.entries(parsed.data.capabilities)) {
    if (capability.level === 'unavailable') continue;
    const floor = capabilityFloors[id as CapabilityId];
    for (const aspect of ['effect', 'reversibility'] as const) {
      const order: readonly string[] = riskOrder[aspect];
      if (order.indexOf(capability[aspect]) < order.indexOf(floor[aspect])) {
        throw new RecoveryError('invalid-config', `${id}: ${aspect} ${capability[aspect]} is below the floor ${floor[aspect]}`, { fieldPath: `capabilities.${id}.${aspect}` });
      }
    }
  }
  return deepFreeze(parsed.data);
}

/** The claim of a capability, or nothing when it is unavailable or not listed. */
export function claimOf(descriptor: CapabilityDescriptor, id: CapabilityId): ClaimedCapability | undefined {
  const capability = descriptor.capabilities[id];
  return capability && capability.level !== 'unavailable' ? capability : undefined;
}

/** SHA-256 over the canonical JSON of a sealed descriptor; part of every plan digest. */
export async function descriptorHashOf(descriptor: CapabilityDescriptor): Promise<string> {
  return digestJson(descriptor);
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
}
