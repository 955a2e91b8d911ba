import { instantOf } from '../state/instant.ts';
import type { DeviceRecord } from '../state/managed-device.ts';
import type { TenantState } from '../state/tenant-state.ts';

/** A fresh recovery password of the operating-system volume, in escrow. */
export function newRecoveryKey(tenant: TenantState, record: DeviceRecord, nowMs: number): { readonly id: string; readonly createdDateTime: string; readonly deviceId: string; readonly volumeType: string; readonly key: string } {
  const block = (): string => String(Math.floor(tenant.random.next() * 65_536) * 11).padStart(6, '0');
  return { id: tenant.random.guid(), createdDateTime: instantOf(nowMs), deviceId: record.entity.azureADDeviceId, volumeType: 'operatingSystemVolume', key: Array.from({ length: 8 }, block).join('-') };
}
