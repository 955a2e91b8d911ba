import { RecoveryError } from '@winre-kit/sdk';
import { newRecoveryKey } from '../devices/new-recovery-key.ts';
import { reenrolDevice } from '../devices/reenrol-device.ts';
import { resumeOrders } from '../devices/start-action.ts';
import { defaultBehaviour, type DeviceBehaviour } from '../state/device-behaviour.ts';
import { instantOf } from '../state/instant.ts';
import type { DeviceRecord, EncryptionFacts, ManagedDevice } from '../state/managed-device.ts';
import type { TenantState } from '../state/tenant-state.ts';

/** What a test does with devices, behind Graph's back. Ids are those of managed devices; an unknown one is `not-found`. */
export interface DeviceScript {
  /** Enrols a device. Fields that are not given are those of an ordinary Windows 11 PC: online, encrypted, key in escrow. */
  addDevice(fields?: Partial<Omit<ManagedDevice, 'id'>>): ManagedDevice;
  addDevices(count: number, fields?: Partial<Omit<ManagedDevice, 'id'>>): ManagedDevice[];
  changeDevice(deviceId: string, fields: Partial<Omit<ManagedDevice, 'id'>>): void;
  changeEncryption(deviceId: string, facts: Partial<EncryptionFacts>): void;
  /** What is under way keeps the times it was accepted with. A device that comes back online fetches what waits for it. */
  behave(deviceId: string, behaviour: Partial<DeviceBehaviour>): void;
  /** The object goes, as when another administrator deletes it. */
  removeDevice(deviceId: string): void;
  /** The machine enrols anew, as after a local reset: the object that is there now goes. */
  reenrol(deviceId: string): ManagedDevice;
  device(deviceId: string): ManagedDevice | undefined;
  /** In order of enrolment. */
  devices(): ManagedDevice[];
  /** Puts a recovery password of the device into escrow. */
  addRecoveryKey(deviceId: string): { readonly id: string; readonly key: string };
  /** The device's passwords are not in escrow any more. */
  removeRecoveryKeys(deviceId: string): void;
  addAutopilotIdentity(fields: { readonly serialNumber: string } & Readonly<Record<string, unknown>>): string;
  /** Makes or replaces a group. */
  setGroup(groupId: string, deviceIds: readonly string[]): void;
}

const encryption: EncryptionFacts = { encryptionReadinessState: 'ready', encryptionState: 'encrypted', encryptionPolicySettingState: 'compliant', advancedBitLockerStates: 'success', tpmSpecificationVersion: '2.0' };

/** The script of devices. */
export function createDeviceScript(tenant: TenantState): DeviceScript {
  let count = 0;
  const must = (deviceId: string): DeviceRecord => {
    const record = tenant.devices.peek(deviceId);
    if (!record) throw new RecoveryError('not-found', `the tenant has no managed device ${deviceId}`, { fieldPath: 'deviceId' });
    return record;
  };
  const addDevice: DeviceScript['addDevice'] = (fields = {}) => {
    count += 1;
    const record: DeviceRecord = { id: tenant.random.guid(), entity: plainDevice(tenant, count), encryption, behaviour: defaultBehaviour, orders: new Set(), hasLeft: false };
    record.entity = { ...record.entity, ...fields, id: record.id };
    tenant.devices.put(record);
    const key = newRecoveryKey(tenant, record, tenant.settings.nowMs());
    tenant.recoveryKeys.put(key);
    return record.entity;
  };
  return {
    addDevice,
    addDevices: (wanted, fields) => Array.from({ length: wanted }, () => addDevice(fields)),
    changeDevice(deviceId, fields) {
      const record = must(deviceId);
      record.entity = { ...record.entity, ...fields, id: record.id };
    },
    changeEncryption(deviceId, facts) {
      const record = must(deviceId);
      record.encryption = { ...record.encryption, ...facts };
    },
    behave(deviceId, behaviour) {
      const record = must(deviceId);
      const wasOffline = record.behaviour.isOffline;
      record.behaviour = { ...record.behaviour, ...behaviour };
      if (wasOffline && !record.behaviour.isOffline) resumeOrders(tenant, record, tenant.settings.nowMs());
    },
    removeDevice: (deviceId) => void tenant.devices.remove(must(deviceId).id),
    reenrol: (deviceId) => (reenrolDevice(tenant, must(deviceId), tenant.settings.nowMs()) ?? must(deviceId)).entity,
    device(deviceId) {
      tenant.schedule.settle(tenant.settings.nowMs());
      return tenant.devices.peek(deviceId)?.entity;
    },
    devices() {
      tenant.schedule.settle(tenant.settings.nowMs());
      return tenant.devices.items().map(({ entity }) => entity);
    },
    addRecoveryKey(deviceId) {
      const key = newRecoveryKey(tenant, must(deviceId), tenant.settings.nowMs());
      tenant.recoveryKeys.put(key);
      return { id: key.id, key: key.key };
    },
    removeRecoveryKeys(deviceId) {
      const { azureADDeviceId } = must(deviceId).entity;
      for (const key of tenant.recoveryKeys.items()) if (key['deviceId'] === azureADDeviceId) tenant.recoveryKeys.remove(key.id);
    },
    addAutopilotIdentity(fields) {
      const device = tenant.devices.items().find(({ entity }) => entity.serialNumber === fields.serialNumber);
      const id = tenant.random.guid();
      tenant.autopilotIdentities.put({
        groupTag: '', manufacturer: 'Contoso', model: 'Standard PC', addressableUserName: '', userPrincipalName: '', displayName: '', lastContactedDateTime: instantOf(tenant.settings.nowMs()),
        enrollmentState: device ? 'enrolled' : 'notContacted', managedDeviceId: device?.id ?? '00000000-0000-0000-0000-000000000000',
        azureActiveDirectoryDeviceId: device?.entity.azureADDeviceId ?? '', azureAdDeviceId: device?.entity.azureADDeviceId ?? '',
        deploymentProfileAssignmentStatus: 'assignedInSync', deploymentProfileAssignmentDetailedStatus: 'none', deploymentProfileAssignedDateTime: instantOf(tenant.settings.nowMs()), remediationState: 'noRemediationRequired',
        ...fields, id,
      });
      return id;
    },
    setGroup: (groupId, deviceIds) => void tenant.groups.set(groupId, new Set(deviceIds.map((id) => must(id).id))),
  };
}

function plainDevice(tenant: TenantState, number: number): ManagedDevice {
  const name = `PC-${String(number).padStart(5, '0')}`;
  const now = instantOf(tenant.settings.nowMs());
  const user = `user${number}@contoso.example`;
  return {
    id: '', userId: tenant.random.guid(), deviceName: name, managedDeviceName: `${name}_Windows`, managedDeviceOwnerType: 'company', enrolledDateTime: now, lastSyncDateTime: now,
    operatingSystem: 'Windows', osVersion: '10.0.26100.8737', complianceState: 'compliant', managementAgent: 'mdm', azureADRegistered: true, azureADDeviceId: tenant.random.guid(),
    deviceEnrollmentType: 'windowsAzureADJoin', deviceRegistrationState: 'registered', isEncrypted: true, userPrincipalName: user, userDisplayName: `User ${number}`, emailAddress: user,
    model: 'Standard PC', manufacturer: 'Contoso', serialNumber: `SN${String(number).padStart(8, '0')}`, totalStorageSpaceInBytes: 511_101_108_224, freeStorageSpaceInBytes: 214_748_364_800,
    deviceActionResults: [], enrollmentProfileName: null, managementState: 'managed', autopilotEnrolled: false, joinType: 'azureADJoined', skuFamily: 'Enterprise', deviceType: 'windowsRT', cloudPcRemoteActionResults: [],
  };
}
