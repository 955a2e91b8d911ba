import type { DeviceActionResult } from './device-action-result.ts';
import type { DeviceBehaviour } from './device-behaviour.ts';
import type { OrderedAction } from '../devices/ordered-action.ts';

/** Where a device stands between enrolment and its end. Graph's beta shows it, v1.0 does not. */
export type ManagementState = 'managed' | 'retirePending' | 'retireFailed' | 'retireIssued' | 'retireCanceled' | 'wipePending' | 'wipeFailed' | 'wipeIssued' | 'wipeCanceled' | 'deletePending' | 'unhealthy' | 'discovered';

/** A managed device as Graph's beta shows it; v1.0 leaves fields out. Moments are ISO. */
export type ManagedDevice = {
  readonly id: string;
  readonly userId: string;
  readonly deviceName: string;
  readonly managedDeviceName: string;
  readonly managedDeviceOwnerType: string;
  readonly enrolledDateTime: string;
  readonly lastSyncDateTime: string;
  readonly operatingSystem: string;
  readonly osVersion: string;
  readonly complianceState: string;
  readonly managementAgent: string;
  readonly azureADRegistered: boolean;
  readonly azureADDeviceId: string;
  readonly deviceEnrollmentType: string;
  readonly deviceRegistrationState: string;
  readonly isEncrypted: boolean;
  readonly userPrincipalName: string;
  readonly userDisplayName: string;
  readonly emailAddress: string;
  readonly model: string;
  readonly manufacturer: string;
  readonly serialNumber: string;
  readonly totalStorageSpaceInBytes: number;
  readonly freeStorageSpaceInBytes: number;
  readonly deviceActionResults: readonly DeviceActionResult[];
  readonly enrollmentProfileName: string | null;
  readonly managementState: ManagementState;
  readonly autopilotEnrolled: boolean;
  readonly joinType: string;
  readonly skuFamily: string;
  readonly deviceType: string;
  readonly cloudPcRemoteActionResults: readonly DeviceActionResult[];
};

/** What the encryption report says of a device. */
export interface EncryptionFacts {
  readonly encryptionReadinessState: 'ready' | 'notReady';
  readonly encryptionState: 'encrypted' | 'notEncrypted';
  readonly encryptionPolicySettingState: string;
  /** One state, or several joined by commas. */
  readonly advancedBitLockerStates: string;
  readonly tpmSpecificationVersion: string;
}

/** A device of the tenant: one enrolment of one machine. A wiped machine comes back as another one, with the same serial number. */
export interface DeviceRecord {
  readonly id: string;
  entity: ManagedDevice;
  encryption: EncryptionFacts;
  behaviour: DeviceBehaviour;
  /** Accepted and not ended. */
  readonly orders: Set<OrderedAction>;
  /** The machine has enrolled anew since. */
  hasLeft: boolean;
}
