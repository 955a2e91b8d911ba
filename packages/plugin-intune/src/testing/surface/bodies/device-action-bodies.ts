import { z } from 'zod';

/** Wipe in v1.0. */
export const wipeBody = z.strictObject({
  keepEnrollmentData: z.boolean().optional(),
  keepUserData: z.boolean().optional(),
  macOsUnlockCode: z.string().optional(),
  persistEsimDataPlan: z.boolean().optional(),
});

/** Wipe in beta. */
export const betaWipeBody = wipeBody.extend({ useProtectedWipe: z.boolean().optional(), obliterationBehavior: z.enum(['default', 'doNotObliterate', 'obliterateWithWarning', 'always']).optional() });

export const cleanBody = z.strictObject({ keepUserData: z.boolean().optional() });

export const runRemediationBody = z.strictObject({ scriptPolicyId: z.string() });

/** The action of many devices at once. Names as the enumeration managedDeviceRemoteAction has them; only those this tenant can do. */
export const executeActionBody = z.strictObject({
  actionName: z.enum(['retire', 'delete', 'wipe', 'rebootNow', 'syncDevice', 'initiateOnDemandProactiveRemediation']),
  deviceIds: z.array(z.string()).min(1).max(100),
  keepEnrollmentData: z.boolean().optional(),
  keepUserData: z.boolean().optional(),
  persistEsimDataPlan: z.boolean().optional(),
  macOsUnlockCode: z.string().optional(),
});
