import type { ComplianceStatus, DeviceConfigurationDeviceStatus, OmaSetting, OmaSettingString, Windows10CustomConfiguration } from '@microsoft/microsoft-graph-types';
import { z } from 'zod';
import { evolvable } from '../evolvable.ts';
import { count, graphEntity, instant, text } from '../graph-entity.ts';

/** One OMA-URI. Which kind of value it has stands in `@odata.type`; an encrypted value is shown as stars. */
export const omaSettingSchema = graphEntity<OmaSetting & Pick<OmaSettingString, 'value'> & { readonly '@odata.type'?: string }>()({
  '@odata.type': text,
  displayName: text,
  omaUri: text,
  value: z.unknown().optional(),
});

/** A device configuration (v1.0). Only a `windows10CustomConfiguration` has `omaSettings`; look at `@odata.type`. */
export const deviceConfigurationSchema = graphEntity<Windows10CustomConfiguration & { readonly '@odata.type'?: string }>()({
  id: z.string(),
  '@odata.type': text,
  displayName: text,
  description: text,
  version: count,
  createdDateTime: instant,
  lastModifiedDateTime: instant,
  omaSettings: z.array(omaSettingSchema).nullish(),
});

/** What one device made of a device configuration (v1.0). */
export const deviceConfigurationStatusSchema = graphEntity<DeviceConfigurationDeviceStatus>()({
  id: z.string(),
  deviceDisplayName: text,
  status: evolvable(['notApplicable', 'compliant', 'remediated', 'nonCompliant', 'error', 'conflict', 'notAssigned'] satisfies ComplianceStatus[]).nullish(),
  lastReportedDateTime: instant,
  userPrincipalName: text,
});
