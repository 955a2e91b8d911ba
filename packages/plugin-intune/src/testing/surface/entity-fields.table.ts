import type * as Stable from '@microsoft/microsoft-graph-types';
import type * as Beta from '@microsoft/microsoft-graph-types-beta';

/** The properties of an entity: those of both versions, and those that only beta has. */
export interface EntityFields {
  readonly everywhere: readonly string[];
  readonly betaOnly: readonly string[];
}

/** The kinds of object whose fields the tenant knows by version. */
export type EntityKind = 'managedDevice' | 'autopilotIdentity' | 'cloudPc' | 'cloudPcSnapshot' | 'recoveryKey' | 'encryptionState' | 'auditEvent' | 'remoteActionAudit' | 'approvalRequest';

/** Fields as Microsoft's type packages have them; the compiler compares. */
export const entityFields: Readonly<Record<EntityKind, EntityFields>> = {
  managedDevice: {
    everywhere: [
      'id', 'userId', 'deviceName', 'managedDeviceOwnerType', 'enrolledDateTime', 'lastSyncDateTime', 'operatingSystem', 'osVersion', 'complianceState', 'managementAgent',
      'azureADRegistered', 'azureADDeviceId', 'deviceEnrollmentType', 'deviceRegistrationState', 'isEncrypted', 'userPrincipalName', 'userDisplayName', 'emailAddress', 'model', 'manufacturer',
      'serialNumber', 'managedDeviceName', 'totalStorageSpaceInBytes', 'freeStorageSpaceInBytes', 'deviceActionResults', 'enrollmentProfileName',
    ] satisfies readonly (keyof Stable.ManagedDevice)[],
    betaOnly: ['managementState', 'autopilotEnrolled', 'joinType', 'skuFamily', 'deviceType', 'cloudPcRemoteActionResults'] satisfies readonly Exclude<keyof Beta.ManagedDevice, keyof Stable.ManagedDevice>[],
  },
  autopilotIdentity: {
    everywhere: [
      'id', 'groupTag', 'serialNumber', 'manufacturer', 'model', 'enrollmentState', 'lastContactedDateTime', 'addressableUserName', 'userPrincipalName', 'displayName',
      'azureActiveDirectoryDeviceId', 'managedDeviceId',
    ] satisfies readonly (keyof Stable.WindowsAutopilotDeviceIdentity)[],
    betaOnly: ['azureAdDeviceId', 'deploymentProfileAssignmentStatus', 'deploymentProfileAssignmentDetailedStatus', 'deploymentProfileAssignedDateTime', 'remediationState'] satisfies readonly Exclude<keyof Beta.WindowsAutopilotDeviceIdentity, keyof Stable.WindowsAutopilotDeviceIdentity>[],
  },
  cloudPc: {
    everywhere: ['id', 'displayName', 'aadDeviceId', 'managedDeviceId', 'managedDeviceName', 'imageDisplayName', 'provisioningPolicyId', 'provisioningPolicyName', 'servicePlanId', 'servicePlanName', 'userPrincipalName', 'lastModifiedDateTime', 'gracePeriodEndDateTime'] satisfies readonly (keyof Stable.CloudPC)[],
    betaOnly: ['status', 'lastRemoteActionResult', 'osVersion', 'userAccountType'] satisfies readonly Exclude<keyof Beta.CloudPC, keyof Stable.CloudPC>[],
  },
  cloudPcSnapshot: {
    everywhere: [],
    betaOnly: ['id', 'cloudPcId', 'createdDateTime', 'expirationDateTime', 'lastRestoredDateTime', 'snapshotType', 'status', 'healthCheckStatus'] satisfies readonly (keyof Beta.CloudPcSnapshot)[],
  },
  recoveryKey: {
    everywhere: ['id', 'createdDateTime', 'deviceId', 'volumeType', 'key'] satisfies readonly (keyof Stable.BitlockerRecoveryKey)[],
    betaOnly: [],
  },
  encryptionState: {
    everywhere: [],
    betaOnly: ['id', 'userPrincipalName', 'deviceType', 'osVersion', 'tpmSpecificationVersion', 'deviceName', 'encryptionReadinessState', 'encryptionState', 'encryptionPolicySettingState', 'advancedBitLockerStates'] satisfies readonly (keyof Beta.ManagedDeviceEncryptionState)[],
  },
  auditEvent: {
    everywhere: ['id', 'displayName', 'componentName', 'activity', 'activityDateTime', 'activityType', 'activityOperationType', 'activityResult', 'correlationId', 'category', 'actor', 'resources'] satisfies readonly (keyof Stable.AuditEvent)[],
    betaOnly: [],
  },
  remoteActionAudit: {
    everywhere: [],
    betaOnly: ['id', 'deviceDisplayName', 'initiatedByUserPrincipalName', 'action', 'requestDateTime', 'managedDeviceId', 'actionState', 'deviceActionCategory', 'bulkDeviceActionId'] satisfies readonly (keyof Beta.RemoteActionAudit)[],
  },
  approvalRequest: {
    everywhere: [],
    betaOnly: ['id', 'requestDateTime', 'expirationDateTime', 'lastModifiedDateTime', 'requestor', 'approver', 'status', 'requestJustification', 'approvalJustification', 'requiredOperationApprovalPolicyTypes'] satisfies readonly (keyof Beta.OperationApprovalRequest)[],
  },
};
