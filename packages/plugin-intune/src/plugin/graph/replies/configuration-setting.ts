import type { DeviceManagementConfigurationPolicy, DeviceManagementConfigurationSettingDefinition } from '@microsoft/microsoft-graph-types-beta';
import { z } from 'zod';
import { evolvableFlags } from '../evolvable.ts';
import { count, flag, graphEntity, instant, text } from '../graph-entity.ts';

/** A setting that the settings catalog knows (beta). `baseUri` and `offsetUri` together are the node of the CSP, so ids can be found at run time. */
export const configurationSettingSchema = graphEntity<DeviceManagementConfigurationSettingDefinition>()({
  id: z.string(),
  name: text,
  displayName: text,
  baseUri: text,
  offsetUri: text,
  rootDefinitionId: text,
  version: text,
});

/** A policy of the settings catalog (beta). */
export const configurationPolicySchema = graphEntity<DeviceManagementConfigurationPolicy>()({
  id: z.string(),
  name: text,
  description: text,
  platforms: text,
  technologies: evolvableFlags(['mdm', 'windowsOsRecovery']).nullish(),
  settingCount: count,
  isAssigned: flag,
  createdDateTime: instant,
  lastModifiedDateTime: instant,
});
