import { z } from 'zod';

/** A script package: detection, and what runs when detection exits with 1. */
export const healthScriptBody = z.strictObject({
  '@odata.type': z.literal('#microsoft.graph.deviceHealthScript').optional(),
  displayName: z.string().min(1),
  description: z.string().optional(),
  publisher: z.string(),
  detectionScriptContent: z.base64(),
  remediationScriptContent: z.base64().optional(),
  runAsAccount: z.enum(['system', 'user']),
  runAs32Bit: z.boolean().optional(),
  enforceSignatureCheck: z.boolean().optional(),
  roleScopeTagIds: z.array(z.string()).optional(),
});

export const healthScriptChange = healthScriptBody.partial();

/** A platform script. */
export const platformScriptBody = z.strictObject({
  '@odata.type': z.literal('#microsoft.graph.deviceManagementScript').optional(),
  displayName: z.string().min(1),
  description: z.string().optional(),
  scriptContent: z.base64(),
  runAsAccount: z.enum(['system', 'user']),
  fileName: z.string(),
  enforceSignatureCheck: z.boolean().optional(),
  runAs32Bit: z.boolean().optional(),
  roleScopeTagIds: z.array(z.string()).optional(),
});
