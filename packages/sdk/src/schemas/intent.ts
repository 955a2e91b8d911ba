import { z } from 'zod';
import { deviceBindingSchema } from './device.ts';
import { networkProfileSchema } from './network.ts';
import { sessionIdSchema, tenantIdSchema } from './primitives.ts';
import { operatorAttestationSchema } from './rebuild.ts';
import { remediationPackageSchema } from './remediation-package.ts';
import { recoveryScriptSchema } from './script.ts';

const target = { tenantId: tenantIdSchema, device: deviceBindingSchema };

/** What somebody wants done to one device: the whole payload, and no secret. An operation is an intent under an operation key. */
export const intentSchema = z.discriminatedUnion('capability', [
  z.strictObject({ capability: z.literal('winre.session.enter'), ...target }),
  z.strictObject({ capability: z.literal('winre.session.exit'), ...target, sessionId: sessionIdSchema }),
  z.strictObject({ capability: z.literal('winre.script.push'), ...target, script: recoveryScriptSchema }),
  z.strictObject({ capability: z.literal('winre.package.push'), ...target, package: remediationPackageSchema }),
  z.strictObject({
    capability: z.literal('winre.network.configure'),
    ...target,
    profile: networkProfileSchema,
    /** Must be true for a change that would cut the live session. */
    confirmDisconnect: z.boolean().default(false),
    /** The device goes back to its former network when it has not reached the gateway again within this time. */
    rollBackAfterMs: z.int().min(1_000).max(3_600_000).default(120_000),
  }),
  z.strictObject({ capability: z.literal('winre.restore.trigger'), ...target, restorePointId: z.string().min(1), safetySnapshot: z.boolean().default(true) }),
  z.strictObject({ capability: z.literal('winre.rebuild.trigger'), ...target, offeringId: z.string().min(1), attestations: z.array(operatorAttestationSchema).default([]) }),
  z.strictObject({ capability: z.literal('winre.remediation.test'), ...target }),
  z.strictObject({ capability: z.literal('winre.keys.escrow'), ...target, action: z.literal('rotate') }),
  z.strictObject({ capability: z.literal('winre.keys.release'), ...target, sessionId: sessionIdSchema, volumeId: z.string().min(1) }),
]);
export type Intent = z.infer<typeof intentSchema>;
/** Capabilities that are exercised by an operation. */
export type OperationCapability = Intent['capability'];
/** The intent of one capability. */
export type IntentOf<Capability extends OperationCapability> = Extract<Intent, { capability: Capability }>;
