import { RecoveryError, type Device } from '@winre-kit/sdk';
import type { DeviceRecord } from '@winre-kit/winre-agent/gateway';
import type { Caller } from '../store/api-token-store.ts';
import type { AdminServices } from './admin-services.ts';

/** A device of the caller's tenant. @throws {RecoveryError} `not-found` also for another tenant's device and for one that was revoked */
export async function requireOwnDevice({ store }: AdminServices, caller: Caller, deviceId: string): Promise<DeviceRecord> {
  const device = await store.read('devices', deviceId);
  const tenant = await store.read('tenants', caller.tenantId);
  if (!device || device.tenantId !== caller.tenantId || tenant?.revocations.revokedDeviceIds.includes(deviceId)) {
    throw new RecoveryError('not-found', `tenant ${caller.tenantId} has no device ${deviceId}`);
  }
  return device;
}

/** A device in the contract's words: nothing of its keys and counters. */
export function deviceView(record: DeviceRecord): Device {
  const { deviceId, tenantId, enrolmentEpoch, displayName, serialNumber, hardwareId, osBuild, lastSeenAt } = record;
  return { id: deviceId, tenantId, enrolmentEpoch, displayName, hardwareId, lastSeenAt, ...(serialNumber ? { serialNumber } : {}), ...(osBuild ? { osBuild } : {}) };
}
