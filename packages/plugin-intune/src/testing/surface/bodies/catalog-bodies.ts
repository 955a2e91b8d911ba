import { z } from 'zod';

const simpleValue = z.discriminatedUnion('@odata.type', [
  z.strictObject({ '@odata.type': z.literal('#microsoft.graph.deviceManagementConfigurationStringSettingValue'), value: z.string() }),
  z.strictObject({ '@odata.type': z.literal('#microsoft.graph.deviceManagementConfigurationIntegerSettingValue'), value: z.int() }),
  z.strictObject({ '@odata.type': z.literal('#microsoft.graph.deviceManagementConfigurationSecretSettingValue'), value: z.string(), valueState: z.enum(['invalid', 'notEncrypted', 'encryptedValueToken']) }),
]);

/** A value of the settings catalog; a choice carries the settings that it opens. */
export type SettingInstance = {
  readonly settingDefinitionId: string;
} & (
  | { readonly '@odata.type': '#microsoft.graph.deviceManagementConfigurationSimpleSettingInstance'; readonly simpleSettingValue: z.infer<typeof simpleValue> }
  | { readonly '@odata.type': '#microsoft.graph.deviceManagementConfigurationChoiceSettingInstance'; readonly choiceSettingValue: { readonly value: string; readonly children: readonly SettingInstance[] } }
);

const settingInstance: z.ZodType<SettingInstance> = z.lazy(() => z.discriminatedUnion('@odata.type', [
  z.strictObject({ '@odata.type': z.literal('#microsoft.graph.deviceManagementConfigurationSimpleSettingInstance'), settingDefinitionId: z.string(), simpleSettingValue: simpleValue }),
  z.strictObject({ '@odata.type': z.literal('#microsoft.graph.deviceManagementConfigurationChoiceSettingInstance'), settingDefinitionId: z.string(), choiceSettingValue: z.strictObject({ value: z.string(), children: z.array(settingInstance) }) }),
]));

/** A policy of the settings catalog. */
export const configurationPolicyBody = z.strictObject({
  name: z.string().min(1),
  description: z.string().optional(),
  platforms: z.literal('windows10'),
  technologies: z.literal('mdm'),
  roleScopeTagIds: z.array(z.string()).optional(),
  settings: z.array(z.strictObject({ '@odata.type': z.literal('#microsoft.graph.deviceManagementConfigurationSetting').optional(), settingInstance })).min(1),
});
