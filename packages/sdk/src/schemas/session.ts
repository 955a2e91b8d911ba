import { z } from 'zod';
import { deviceBindingSchema } from './device.ts';
import { networkKindSchema } from './network.ts';
import { instantSchema, rawMembersSchema, sessionIdSchema, vendorExtrasSchema } from './primitives.ts';
import { interpreterSchema } from './script.ts';

/** How the session became known. */
export const sessionSourceKindSchema = z.enum(['agent', 'vendor-event', 'boot-telemetry', 'heartbeat-silence', 'operator', 'unknown']);
/** Why the device is in WinRE. */
export const bootReasonSchema = z.enum(['boot-failure', 'requested', 'operator', 'unknown']);
/** How a stay in WinRE ended. */
export const sessionEndReasonSchema = z.enum(['booted', 'powered-off', 'timeout', 'unknown']);

/** What this device can do in WinRE, said by its agent. Stock WinRE has no PowerShell and knows wired and WPA/WPA2 password networks only. */
export const recoveryAbilitiesSchema = z.object({
  interpreters: z.array(interpreterSchema),
  networkKinds: z.array(networkKindSchema),
  maxScriptBytes: z.int().positive(),
});
export type RecoveryAbilities = z.infer<typeof recoveryAbilitiesSchema>;

/** One stay of a device in WinRE. */
export const recoverySessionSchema = z.object({
  sessionId: sessionIdSchema,
  device: deviceBindingSchema,
  source: sessionSourceKindSchema,
  confidence: z.enum(['suspected', 'likely', 'confirmed']),
  bootReason: bootReasonSchema,
  osBuild: z.string().optional(),
  winreVersion: z.string().optional(),
  startedAt: instantSchema,
  lastSeenAt: instantSchema,
  heartbeatEveryMs: z.int().positive(),
  abilities: recoveryAbilitiesSchema.optional(),
  vendor: vendorExtrasSchema.optional(),
  raw: rawMembersSchema.optional(),
});
export type RecoverySession = z.infer<typeof recoverySessionSchema>;
