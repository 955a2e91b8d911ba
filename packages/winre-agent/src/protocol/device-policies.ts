import { remediationPolicySchema, restorePolicySchema } from '@winre-kit/sdk';
import { z } from 'zod';

/** Settings that the agent follows from the moment it gets them. They can hurt nobody: cadence, retention, native remediation. */
export const devicePoliciesSchema = z.object({ restore: restorePolicySchema.optional(), remediation: remediationPolicySchema.optional() });
export type DevicePolicies = z.infer<typeof devicePoliciesSchema>;
