import { operationRecordKey, type DeviceRecord } from '@winre-kit/winre-agent/gateway';
import type { NetworkCarrier } from './carry-networks.ts';

/**
 * Takes networks back that operations of a former enrolment were to bring and did not: when an agent enrolled on the device, these operations ended, and work that was
 * planned for one enrolment must not reach the next one.
 */
export async function forgetFormerNetworks({ store, settings }: Pick<NetworkCarrier, 'store' | 'settings'>, { tenantId, deviceId, enrolmentEpoch }: DeviceRecord): Promise<void> {
  for (const { profile, operationKey } of settings.networksOf(deviceId)) {
    const operation = operationKey === undefined ? undefined : await store.read('operations', operationRecordKey(tenantId, operationKey));
    const isFormer = operation !== undefined && operation.enrolmentEpoch !== enrolmentEpoch && operation.report.state !== 'succeeded';
    if (isFormer && 'ssid' in profile) settings.removeNetwork(deviceId, profile.ssid);
  }
}
