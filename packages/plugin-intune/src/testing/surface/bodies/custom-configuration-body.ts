import { z } from 'zod';

const common = { displayName: z.string(), description: z.string().nullable().optional(), omaUri: z.string().startsWith('./') };
const encoded = { ...common, fileName: z.string().nullable().optional(), value: z.base64() };

/** One setting of a custom profile. */
export const omaSettingBody = z.discriminatedUnion('@odata.type', [
  z.strictObject({ '@odata.type': z.literal('#microsoft.graph.omaSettingBoolean'), ...common, value: z.boolean() }),
  z.strictObject({ '@odata.type': z.literal('#microsoft.graph.omaSettingInteger'), ...common, value: z.int() }),
  z.strictObject({ '@odata.type': z.literal('#microsoft.graph.omaSettingFloatingPoint'), ...common, value: z.number() }),
  z.strictObject({ '@odata.type': z.literal('#microsoft.graph.omaSettingString'), ...common, value: z.string() }),
  z.strictObject({ '@odata.type': z.literal('#microsoft.graph.omaSettingDateTime'), ...common, value: z.iso.datetime({ offset: true }) }),
  z.strictObject({ '@odata.type': z.literal('#microsoft.graph.omaSettingStringXml'), ...encoded }),
  z.strictObject({ '@odata.type': z.literal('#microsoft.graph.omaSettingBase64'), ...encoded }),
]);

export type OmaSettingBody = z.infer<typeof omaSettingBody>;

const fields = { displayName: z.string().min(1), description: z.string().nullable().optional(), omaSettings: z.array(omaSettingBody).max(1_000) };

/** A custom profile for Windows: the only kind of device configuration this tenant has. */
export const customConfigurationBody = z.strictObject({ '@odata.type': z.literal('#microsoft.graph.windows10CustomConfiguration'), ...fields });
/** In beta it may also be scoped. */
export const betaCustomConfigurationBody = customConfigurationBody.extend({ roleScopeTagIds: z.array(z.string()).optional() });

/** A change of one: the type again, and what changes. */
export const customConfigurationChange = customConfigurationBody.partial({ displayName: true, omaSettings: true });
export const betaCustomConfigurationChange = betaCustomConfigurationBody.partial({ displayName: true, omaSettings: true });
