import { z } from 'zod';

/** What leaves a device besides states and evidence. Nothing of a category is taken in unless the tenant has consented to it. */
export const dataCategorySchema = z.enum(['agent-log', 'script-output', 'operation-log', 'setup-log', 'diagnostics', 'network-trace', 'memory-dump']);
export type DataCategory = z.infer<typeof dataCategorySchema>;

/** The categories a tenant has opted into; empty means none. */
export const consentSchema = z.object({ categories: z.array(dataCategorySchema) });
export type Consent = z.infer<typeof consentSchema>;
