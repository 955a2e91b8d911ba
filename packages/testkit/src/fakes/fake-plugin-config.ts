import { secretRefSchema } from '@winre-kit/sdk';
import { z } from 'zod';

/** `secrets` are the names of the secrets that its operations may use; `token` is one it needs to sign in. */
export const fakePluginConfigSchema = z.strictObject({ tenantId: z.string().min(1).default('tenant-1'), token: secretRefSchema.optional(), secrets: z.array(z.string().min(1)).default([]) });
/** The configuration that the fake plug-in takes. */
export type FakePluginConfig = z.infer<typeof fakePluginConfigSchema>;
