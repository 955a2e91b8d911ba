import type { CloudPc, CloudPcRecord } from '../state/cloud-pc.ts';
import type { ActionState } from '../state/device-action-result.ts';
import { instantOf } from '../state/instant.ts';
import type { TenantState } from '../state/tenant-state.ts';
import { reenrolDevice } from './reenrol-device.ts';

/** What was asked of a Cloud PC. */
export interface CloudPcOrder {
  readonly action: 'Restore' | 'Reprovision' | 'Reboot';
  readonly snapshotId?: string;
  /** What a reprovisioned Cloud PC is afterwards. */
  readonly change?: Partial<CloudPc>;
  readonly onEnd?: (outcome: 'done' | 'failed') => void;
}

const statusDuring = { Restore: 'restoring', Reprovision: 'provisioning', Reboot: 'provisioned' } as const;

/** Starts an action of a Cloud PC. It ends by itself, done or failed as the record says. Reprovisioning enrols it anew and takes its restore points. */
export function startCloudPcAction(tenant: TenantState, record: CloudPcRecord, order: CloudPcOrder, nowMs: number): void {
  const startDateTime = instantOf(nowMs);
  show(tenant, record, { status: statusDuring[order.action] }, { action: order.action, state: 'active', startDateTime, nowMs });
  tenant.schedule.at(nowMs + record.takesMs, (atMs) => {
    const { outcome } = record;
    const isDone = outcome === 'done';
    const status = isDone || order.action === 'Reboot' ? 'provisioned' : 'failed';
    show(tenant, record, { status, ...(isDone ? order.change : {}) }, { action: order.action, state: outcome, startDateTime, nowMs: atMs });
    if (isDone && order.action === 'Restore') record.snapshots = record.snapshots.map((snapshot) => (snapshot.id === order.snapshotId ? { ...snapshot, lastRestoredDateTime: instantOf(atMs) } : snapshot));
    if (isDone && order.action === 'Reprovision') {
      record.snapshots = [];
      const device = tenant.devices.peek(record.entity.managedDeviceId);
      if (device) reenrolDevice(tenant, device, atMs);
    }
    order.onEnd?.(outcome);
  });
}

/** Takes a manual restore point; it is listed once it is ready. */
export function createSnapshot(tenant: TenantState, record: CloudPcRecord, nowMs: number, onEnd?: (outcome: 'done' | 'failed') => void): void {
  const id = tenant.random.guid();
  tenant.schedule.at(nowMs + record.takesMs, (atMs) => {
    if (record.outcome === 'done') {
      record.snapshots = [...record.snapshots, { id, cloudPcId: record.id, createdDateTime: instantOf(atMs), expirationDateTime: null, lastRestoredDateTime: null, snapshotType: 'manual', status: 'ready', healthCheckStatus: 'healthy' }];
    }
    onEnd?.(record.outcome);
  });
}

interface ShownAction {
  readonly action: string;
  readonly state: ActionState;
  readonly startDateTime: string;
  readonly nowMs: number;
}

/** The last action is told by the Cloud PC and by its managed device. */
function show(tenant: TenantState, record: CloudPcRecord, change: Partial<CloudPc>, { action, state, startDateTime, nowMs }: ShownAction): void {
  const { id, entity } = record;
  const result = { actionName: action, actionState: state, startDateTime, lastUpdatedDateTime: instantOf(nowMs), cloudPcId: id, managedDeviceId: entity.managedDeviceId };
  record.entity = { ...entity, ...change, lastModifiedDateTime: instantOf(nowMs), lastRemoteActionResult: result };
  const device = tenant.devices.peek(entity.managedDeviceId);
  if (device) device.entity = { ...device.entity, cloudPcRemoteActionResults: [...device.entity.cloudPcRemoteActionResults.filter(({ actionName }) => actionName !== action), result] };
}
