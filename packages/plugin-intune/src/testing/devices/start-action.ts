import type { ActionState } from '../state/device-action-result.ts';
import { instantOf } from '../state/instant.ts';
import type { DeviceRecord, ManagementState } from '../state/managed-device.ts';
import type { ActionBehaviour } from '../state/device-behaviour.ts';
import type { TenantState } from '../state/tenant-state.ts';
import { actionNames, type DeviceAction } from './action-names.table.ts';
import { finishAction } from './finish-action.ts';
import type { ActionOrder, OrderedAction } from './ordered-action.ts';

/** Who asked, and as part of what. */
export interface ActionOrigin {
  readonly initiatedBy: string;
  readonly bulkDeviceActionId?: string;
}

/** Accepts an order: the device is asked later, and ends it later still, or never. */
export function startAction(tenant: TenantState, record: DeviceRecord, order: ActionOrder, origin: ActionOrigin, nowMs: number): void {
  const { action } = order;
  // One run of a script package is outstanding at most; a wipe or a retirement ends everything else.
  for (const earlier of record.orders) if (cancels(action, earlier.action)) endOrder(tenant, record, earlier, 'canceled', nowMs);
  const actionName = action === 'wipe' && order.keepsEnrolment === true ? 'factoryResetKeepEnrollmentData' : actionNames[action];
  const ordered: OrderedAction = { ...order, actionName, auditId: tenant.random.guid(), startDateTime: instantOf(nowMs), isWaiting: false };
  record.orders.add(ordered);
  tenant.remoteActionAudits.put({
    id: ordered.auditId, deviceDisplayName: record.entity.deviceName, initiatedByUserPrincipalName: origin.initiatedBy, action: actionName, requestDateTime: instantOf(nowMs),
    managedDeviceId: record.id, actionState: 'pending', deviceActionCategory: origin.bulkDeviceActionId === undefined ? 'single' : 'bulk', bulkDeviceActionId: origin.bulkDeviceActionId ?? null,
  });
  showState(tenant, record, ordered, 'pending', nowMs);
  if (action === 'wipe') showManagement(record, 'wipePending');
  if (action === 'retire') showManagement(record, 'retirePending');
  tenant.schedule.at(nowMs + behaviourOf(record, action).pickUpAfterMs, (atMs) => pickUp(tenant, record, ordered, atMs));
}

/** A device that comes back online fetches what waits for it. A script run that it missed is lost, as Intune says. */
export function resumeOrders(tenant: TenantState, record: DeviceRecord, nowMs: number): void {
  for (const ordered of record.orders) {
    if (!ordered.isWaiting || ordered.action === 'initiateOnDemandProactiveRemediation') continue;
    ordered.isWaiting = false;
    tenant.schedule.at(nowMs, (atMs) => pickUp(tenant, record, ordered, atMs));
  }
}

function pickUp(tenant: TenantState, record: DeviceRecord, ordered: OrderedAction, nowMs: number): void {
  if (!isOpen(tenant, record, ordered)) return;
  if (record.behaviour.isOffline) {
    ordered.isWaiting = true;
    return;
  }
  record.entity = { ...record.entity, lastSyncDateTime: instantOf(nowMs) };
  const { outcome, takesMs } = behaviourOf(record, ordered.action);
  if (outcome === 'notSupported') {
    endOrder(tenant, record, ordered, 'notSupported', nowMs);
    showManagement(record, 'managed');
    return;
  }
  showState(tenant, record, ordered, 'active', nowMs);
  if (ordered.action === 'wipe') showManagement(record, 'wipeIssued');
  if (ordered.action === 'retire') showManagement(record, 'retireIssued');
  tenant.schedule.at(nowMs + takesMs, (atMs) => {
    if (!isOpen(tenant, record, ordered)) return;
    endOrder(tenant, record, ordered, outcome, atMs);
    finishAction(tenant, record, ordered, outcome, atMs);
  });
}

function endOrder(tenant: TenantState, record: DeviceRecord, ordered: OrderedAction, state: ActionState, nowMs: number): void {
  record.orders.delete(ordered);
  showState(tenant, record, ordered, state, nowMs);
}

function showState(tenant: TenantState, record: DeviceRecord, ordered: OrderedAction, actionState: ActionState, nowMs: number): void {
  const result = { actionName: ordered.actionName, actionState, startDateTime: ordered.startDateTime, lastUpdatedDateTime: instantOf(nowMs) };
  const others = record.entity.deviceActionResults.filter(({ actionName }) => actionName !== ordered.actionName);
  record.entity = { ...record.entity, deviceActionResults: [...others, result] };
  const audit = tenant.remoteActionAudits.peek(ordered.auditId);
  if (audit) tenant.remoteActionAudits.put({ ...audit, actionState });
}

function showManagement(record: DeviceRecord, managementState: ManagementState): void {
  record.entity = { ...record.entity, managementState };
}

/** Whether an order still counts: not ended, and its object still in the tenant. */
function isOpen(tenant: TenantState, record: DeviceRecord, ordered: OrderedAction): boolean {
  return record.orders.has(ordered) && tenant.devices.peek(record.id) === record;
}

function cancels(action: DeviceAction, earlier: DeviceAction): boolean {
  return action === 'wipe' || action === 'retire' || action === earlier;
}

function behaviourOf({ behaviour }: DeviceRecord, action: DeviceAction): ActionBehaviour {
  const { pickUpAfterMs = behaviour.pickUpAfterMs, takesMs = behaviour.takesMs, outcome = behaviour.outcome } = behaviour.byAction[action] ?? {};
  return { pickUpAfterMs, takesMs, outcome };
}
