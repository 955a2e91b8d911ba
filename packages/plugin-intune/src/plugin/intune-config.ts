import { secretRefSchema } from '@winre-kit/sdk';
import { z } from 'zod';
import { graphClouds, type GraphCloudName } from './graph/graph-clouds.table.ts';

/** What an administrator fills in. Everything else the plug-in needs is lent by the host. */
export const intuneConfigSchema = z.strictObject({
  /** The directory id of the tenant in Microsoft Entra. */
  tenantId: z.guid(),
  /** Where the tenant lives; the worldwide cloud unless it is a sovereign one. */
  cloud: z.enum(Object.keys(graphClouds) as [GraphCloudName, ...GraphCloudName[]]).default('global'),
  /** Whose permissions the plug-in uses. */
  credential: z.discriminatedUnion('kind', [
    /** An access token for Graph that somebody else keeps fresh. */
    z.strictObject({ kind: z.literal('token'), token: secretRefSchema }),
    /** The credential that the plug-in was created with, such as one of `@azure/identity`. */
    z.strictObject({ kind: z.literal('credential') }),
  ]),
});
/** A parsed configuration, defaults filled in. */
export type IntuneConfig = z.output<typeof intuneConfigSchema>;
