import type { GatewayFilter, GatewayWrite } from './gateway-store.ts';

/** Ids hold no spaces, so the key names exactly one pair. */
export function operationRecordKey(tenantId: string, operationKey: string): string {
  return `${tenantId} ${operationKey}`;
}

/** Key of an escrow record. */
export function escrowRecordKey(deviceId: string, volumeId: string): string {
  return `${deviceId} ${volumeId}`;
}

/** The key that a record is stored under. */
export function recordKey(write: GatewayWrite): string {
  switch (write.table) {
    case 'tenants':
      return write.record.tenantId;
    case 'devices':
      return write.record.deviceId;
    case 'tokens':
      return write.record.tokenSha256;
    case 'operations':
      return operationRecordKey(write.record.tenantId, write.record.operationKey);
    case 'sessions':
      return write.record.sessionId;
    case 'escrow':
      return escrowRecordKey(write.record.deviceId, write.record.volumeId);
    case 'artifacts':
      return write.record.artifactId;
  }
}

/** Whether a listing with this filter holds the record. */
export function matchesFilter(write: GatewayWrite, filter: GatewayFilter): boolean {
  const { record } = write;
  const members: Readonly<Record<string, unknown>> = { ...record };
  if (filter.open && !(write.table === 'operations' ? write.record.delivery !== 'closed' : write.table === 'sessions' && write.record.open)) return false;
  return (['tenantId', 'deviceId', 'hardwareId'] as const).every((name) => filter[name] === undefined || members[name] === filter[name]);
}
