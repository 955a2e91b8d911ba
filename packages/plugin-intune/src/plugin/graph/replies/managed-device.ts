import type { DeviceActionResult, ManagedDevice } from '@microsoft/microsoft-graph-types';
import type { CloudPcRemoteActionResult, ManagedDevice as BetaManagedDevice, ManagementState } from '@microsoft/microsoft-graph-types-beta';
import { z } from 'zod';
import { evolvable } from '../evolvable.ts';
import { count, flag, graphEntity, instant, text } from '../graph-entity.ts';
import { actionState } from './action-state.ts';

/** What a device reported about one remote action. */
export const deviceActionResultSchema = graphEntity<DeviceActionResult>()({
  actionName: text,
  actionState: actionState.nullish(),
  startDateTime: instant,
  lastUpdatedDateTime: instant,
});

/** A device as v1.0 shows it. In lists Graph leaves `deviceActionResults` empty; ask for the one device. */
export const managedDeviceSchema = graphEntity<ManagedDevice>()({
  id: z.string(),
  azureADDeviceId: text,
  deviceName: text,
  serialNumber: text,
  manufacturer: text,
  model: text,
  operatingSystem: text,
  osVersion: text,
  enrolledDateTime: instant,
  lastSyncDateTime: instant,
  isEncrypted: flag,
  freeStorageSpaceInBytes: count,
  totalStorageSpaceInBytes: count,
  userPrincipalName: text,
  deviceActionResults: z.array(deviceActionResultSchema).nullish(),
});

const managementState = evolvable([
  'managed', 'retirePending', 'retireFailed', 'wipePending', 'wipeFailed', 'unhealthy', 'deletePending', 'retireIssued', 'wipeIssued', 'wipeCanceled', 'retireCanceled', 'discovered',
] satisfies ManagementState[]);

/** What a Cloud PC made of one remote action. */
export const cloudPcActionResultSchema = graphEntity<CloudPcRemoteActionResult>()({
  actionName: text,
  actionState: actionState.nullish(),
  startDateTime: instant,
  lastUpdatedDateTime: instant,
  cloudPcId: text,
  managedDeviceId: text,
  statusDetail: z.object({ code: text, message: text }).nullish(),
});

/** What beta knows beyond v1.0; to be asked with `$select`, beside {@link managedDeviceSchema}. */
export const managedDeviceBetaSchema = graphEntity<BetaManagedDevice>()({
  id: z.string(),
  managementState: managementState.nullish(),
  autopilotEnrolled: flag,
  cloudPcRemoteActionResults: z.array(cloudPcActionResultSchema).nullish(),
});
