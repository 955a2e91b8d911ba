import type * as Stable from '@microsoft/microsoft-graph-types';
import type * as Beta from '@microsoft/microsoft-graph-types-beta';
import { expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import type { configurationPolicyBody } from './catalog-bodies.ts';
import type { bulkActionBody, userSettingBody } from './cloud-pc-bodies.ts';
import type { betaCustomConfigurationBody, customConfigurationBody, OmaSettingBody } from './custom-configuration-body.ts';
import type { healthScriptBody, platformScriptBody } from './script-bodies.ts';

/** Fields that a body takes and Microsoft's type does not have. */
type Invented<Body extends z.ZodType, Entity> = Exclude<keyof z.infer<Body>, keyof Entity | '@odata.type'>;

test("bodies have no field that Microsoft's types lack", () => {
  expectTypeOf<Invented<typeof customConfigurationBody, Stable.Windows10CustomConfiguration>>().toEqualTypeOf<never>();
  expectTypeOf<Invented<typeof betaCustomConfigurationBody, Beta.Windows10CustomConfiguration>>().toEqualTypeOf<never>();
  expectTypeOf<Exclude<keyof OmaSettingBody, keyof Stable.OmaSettingStringXml | '@odata.type'>>().toEqualTypeOf<never>();
  expectTypeOf<Invented<typeof healthScriptBody, Beta.DeviceHealthScript>>().toEqualTypeOf<never>();
  expectTypeOf<Invented<typeof platformScriptBody, Beta.DeviceManagementScript>>().toEqualTypeOf<never>();
  expectTypeOf<Invented<typeof configurationPolicyBody, Beta.DeviceManagementConfigurationPolicy>>().toEqualTypeOf<never>();
  expectTypeOf<Exclude<keyof Extract<z.infer<typeof bulkActionBody>, { '@odata.type': '#microsoft.graph.cloudPcBulkRestore' }>, keyof Beta.CloudPcBulkRestore | '@odata.type'>>().toEqualTypeOf<never>();
  expectTypeOf<Invented<typeof userSettingBody, Beta.CloudPcUserSetting>>().toEqualTypeOf<never>();
});
