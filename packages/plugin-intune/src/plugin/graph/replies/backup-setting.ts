import type { DeviceEnrollmentConfiguration, Enablement } from '@microsoft/microsoft-graph-types-beta';
import { z } from 'zod';
import { evolvable } from '../evolvable.ts';
import { graphEntity, instant, text } from '../graph-entity.ts';

/**
 * Whether the tenant offers Windows Backup for Organizations when a device is set up (beta). It says nothing about any user's backup.
 * @see https://learn.microsoft.com/graph/api/resources/intune-onboarding-windowsrestoredeviceenrollmentconfiguration
 */
export const backupSettingSchema = graphEntity<DeviceEnrollmentConfiguration & { readonly '@odata.type'?: string; readonly state?: Enablement }>()({
  id: z.string(),
  '@odata.type': text,
  displayName: text,
  state: evolvable(['notConfigured', 'enabled', 'disabled'] satisfies Enablement[]).nullish(),
  lastModifiedDateTime: instant,
});
