import { instantOf } from '../state/instant.ts';
import type { TenantState } from '../state/tenant-state.ts';
import type { GraphCall } from './graph-call.ts';

const verbs = { GET: 'Get', POST: 'Action', PATCH: 'Patch', DELETE: 'Delete' } as const;

/** Every write that succeeded is in Intune's audit. */
export function writeAuditEvent(tenant: TenantState, { row, params, caller, nowMs }: GraphCall, clientRequestId: string): void {
  const { appId, userPrincipalName } = caller;
  tenant.auditEvents.put({
    id: tenant.random.guid(), displayName: row.operation, componentName: 'Intune', category: 'Device', activity: row.operation, activityType: row.operation,
    activityOperationType: row.status === 201 ? 'Create' : verbs[row.method], activityResult: 'Success', activityDateTime: instantOf(nowMs), correlationId: clientRequestId,
    actor: { auditActorType: userPrincipalName === undefined ? 'Application' : 'ItPro', applicationId: appId, userPrincipalName: userPrincipalName ?? null },
    resources: Object.values(params).map((resourceId) => ({ displayName: null, auditResourceType: row.operation, resourceId })),
  });
}
