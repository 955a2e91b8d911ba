import { instantOf } from '../state/instant.ts';
import type { DeviceRecord } from '../state/managed-device.ts';
import type { TenantState } from '../state/tenant-state.ts';
import { newRecoveryKey } from './new-recovery-key.ts';

/** The same machine enrols anew: another managed device, another Entra device, the same serial number. The old object goes. Happens once for an enrolment. */
export function reenrolDevice(tenant: TenantState, record: DeviceRecord, nowMs: number): DeviceRecord | undefined {
  if (record.hasLeft) return undefined;
  record.hasLeft = true;
  const id = tenant.random.guid();
  const azureADDeviceId = tenant.random.guid();
  const fresh: DeviceRecord = {
    id, orders: new Set(), hasLeft: false, behaviour: record.behaviour, encryption: record.encryption,
    entity: { ...record.entity, id, azureADDeviceId, enrolledDateTime: instantOf(nowMs), lastSyncDateTime: instantOf(nowMs), managementState: 'managed', deviceActionResults: [], cloudPcRemoteActionResults: [] },
  };
  tenant.devices.remove(record.id);
  tenant.devices.put(fresh);
  // A machine that had its password in escrow is encrypted anew and puts the new one there; the old one stays.
  if (tenant.recoveryKeys.items().some((key) => key['deviceId'] === record.entity.azureADDeviceId)) tenant.recoveryKeys.put(newRecoveryKey(tenant, fresh, nowMs));
  for (const members of tenant.groups.values()) if (members.delete(record.id)) members.add(id);
  for (const identity of tenant.autopilotIdentities.items()) {
    if (identity['serialNumber'] !== record.entity.serialNumber) continue;
    tenant.autopilotIdentities.put({ ...identity, managedDeviceId: id, azureActiveDirectoryDeviceId: azureADDeviceId, azureAdDeviceId: azureADDeviceId, enrollmentState: 'enrolled', lastContactedDateTime: instantOf(nowMs) });
  }
  for (const cloudPc of tenant.cloudPcs.items()) {
    if (cloudPc.entity.managedDeviceId === record.id) cloudPc.entity = { ...cloudPc.entity, managedDeviceId: id, aadDeviceId: azureADDeviceId };
  }
  return fresh;
}
