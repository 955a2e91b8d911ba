import { z } from 'zod';

const deferralInDays = z.int().min(0).max(30);

const approvalRule = z.discriminatedUnion('@odata.type', [
  z.strictObject({ '@odata.type': z.literal('#microsoft.graph.windowsUpdates.recoveryApprovalRule'), deferralInDays }),
  z.strictObject({
    '@odata.type': z.literal('#microsoft.graph.windowsUpdates.qualityUpdateApprovalRule'), deferralInDays,
    cadence: z.enum(['monthly', 'outOfBand']).optional(),
    classification: z.enum(['all', 'security', 'nonSecurity']).optional(),
  }),
]);

/** A policy for the content of Windows updates. */
export const updatePolicyBody = z.strictObject({
  '@odata.type': z.literal('#microsoft.graph.windowsUpdates.qualityUpdatePolicy'),
  displayName: z.string().min(1),
  description: z.string().optional(),
  approvalRules: z.array(approvalRule),
});
export const updatePolicyChange = updatePolicyBody.partial({ displayName: true, approvalRules: true });

/** A verdict on one entry of the catalog. */
export const policyApprovalBody = z.strictObject({
  '@odata.type': z.string().optional(),
  catalogEntryId: z.string(),
  status: z.enum(['approved', 'suspended']),
});
