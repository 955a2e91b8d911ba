import { chooseSnapshot } from '../devices/choose-snapshot.ts';
import { createSnapshot, startCloudPcAction } from '../devices/cloud-pc-actions.ts';
import type { CloudPcRecord } from '../state/cloud-pc.ts';
import { instantOf } from '../state/instant.ts';
import type { TenantState } from '../state/tenant-state.ts';
import type { bulkActionBody } from '../surface/bodies/cloud-pc-bodies.ts';
import type { z } from 'zod';
import { answers } from './answers.ts';
import { nameOf, type GraphCall, type GraphHandler } from './graph-call.ts';

type BulkBody = z.infer<typeof bulkActionBody>;
type EndOfAction = (outcome: 'done' | 'failed') => void;

const onCloudPc = (run: (tenant: TenantState, record: CloudPcRecord, call: GraphCall) => ReturnType<GraphHandler>): GraphHandler => (tenant, call) => {
  const id = call.params['cloudPcId'] ?? '';
  const record = tenant.cloudPcs.read(id);
  return record ? run(tenant, record, call) : answers.missing('Cloud PC', id);
};

/** What can be asked about and of Cloud PCs. */
export const cloudPcHandlers: Readonly<Record<string, GraphHandler>> = {
  listCloudPcs: (tenant) => answers.list(tenant.cloudPcs.list().map(({ order, item }) => ({ order, item: item.entity }))),
  getCloudPc: onCloudPc((_, { entity }) => answers.entity(entity)),
  retrieveSnapshots: onCloudPc((_, { snapshots }) => answers.array(snapshots)),
  createSnapshot: onCloudPc((tenant, record, { nowMs }) => {
    createSnapshot(tenant, record, nowMs);
    return answers.nothing;
  }),
  restoreCloudPc: onCloudPc((tenant, record, { body, nowMs }) => {
    const { cloudPcSnapshotId } = body as { readonly cloudPcSnapshotId: string };
    if (!record.snapshots.some(({ id }) => id === cloudPcSnapshotId)) return answers.missing('Cloud PC snapshot', cloudPcSnapshotId);
    startCloudPcAction(tenant, record, { action: 'Restore', snapshotId: cloudPcSnapshotId }, nowMs);
    return answers.nothing;
  }),
  reprovisionCloudPc: onCloudPc((tenant, record, { body, nowMs }) => {
    const { osVersion, userAccountType } = body as { readonly osVersion?: string; readonly userAccountType?: string };
    startCloudPcAction(tenant, record, { action: 'Reprovision', change: { ...(osVersion === undefined ? {} : { osVersion }), ...(userAccountType === undefined ? {} : { userAccountType }) } }, nowMs);
    return answers.nothing;
  }),
  rebootCloudPc: onCloudPc((tenant, record, { nowMs }) => {
    startCloudPcAction(tenant, record, { action: 'Reboot' }, nowMs);
    return answers.nothing;
  }),
  createBulkAction: (tenant, { body, caller, nowMs }) => {
    const order = body as BulkBody;
    const id = tenant.random.guid();
    const entity = { ...order, id, createdDateTime: instantOf(nowMs), initiatedByUserPrincipalName: nameOf(caller), scheduledDuringMaintenanceWindow: false };
    const progress = new Map<string, 'pending' | 'successful' | 'failed' | 'notSupported'>();
    const record = { id, entity, progress };
    for (const cloudPcId of order.cloudPcIds) {
      const cloudPc = tenant.cloudPcs.peek(cloudPcId);
      const isStarted = cloudPc !== undefined && startPart(tenant, cloudPc, order, nowMs, (outcome) => void progress.set(cloudPcId, outcome === 'done' ? 'successful' : 'failed'));
      progress.set(cloudPcId, isStarted ? 'pending' : 'notSupported');
    }
    tenant.bulkActions.put(record, tenant.settings.hiddenForReads);
    return answers.entity(bulkEntityOf(record));
  },
  getBulkAction: (tenant, { params }) => {
    const record = tenant.bulkActions.read(params['bulkActionId'] ?? '');
    return record ? answers.entity(bulkEntityOf(record)) : answers.missing('bulk action', params['bulkActionId'] ?? '');
  },
  listUserSettings: (tenant) => answers.list(tenant.userSettings.list()),
  createUserSetting: (tenant, { body, nowMs }) => {
    const entity = { ...(body as Readonly<Record<string, unknown>>), id: tenant.random.guid(), createdDateTime: instantOf(nowMs), lastModifiedDateTime: instantOf(nowMs) };
    tenant.userSettings.put(entity, tenant.settings.hiddenForReads);
    return answers.entity(entity);
  },
  updateUserSetting: (tenant, { params, body, nowMs }) => {
    const id = params['userSettingId'] ?? '';
    const setting = tenant.userSettings.read(id);
    if (!setting) return answers.missing('user setting', id);
    tenant.userSettings.put({ ...setting, ...(body as Readonly<Record<string, unknown>>), id, lastModifiedDateTime: instantOf(nowMs) });
    return answers.nothing;
  },
};

/** Starts one Cloud PC's part of a bulk action; false when it cannot take part. */
function startPart(tenant: TenantState, record: CloudPcRecord, order: BulkBody, nowMs: number, onEnd: EndOfAction): boolean {
  switch (order['@odata.type']) {
    case '#microsoft.graph.cloudPcBulkCreateSnapshot':
      createSnapshot(tenant, record, nowMs, onEnd);
      return true;
    case '#microsoft.graph.cloudPcBulkRestart':
      startCloudPcAction(tenant, record, { action: 'Reboot', onEnd }, nowMs);
      return true;
    case '#microsoft.graph.cloudPcBulkReprovision':
      startCloudPcAction(tenant, record, { action: 'Reprovision', onEnd }, nowMs);
      return true;
    case '#microsoft.graph.cloudPcBulkRestore': {
      const snapshot = chooseSnapshot(record.snapshots, { atMs: Date.parse(order.restorePointDateTime), timeRange: order.timeRange ?? 'before', ignoresUnhealthy: order.ignoreUnhealthySnapshots ?? false });
      if (!snapshot) return false;
      startCloudPcAction(tenant, record, { action: 'Restore', snapshotId: snapshot.id, onEnd }, nowMs);
      return true;
    }
  }
}

function bulkEntityOf({ entity, progress }: { readonly entity: { readonly id: string } & Readonly<Record<string, unknown>>; readonly progress: ReadonlyMap<string, string> }): { readonly id: string } & Readonly<Record<string, unknown>> {
  const count = (state: string): number => [...progress.values()].filter((value) => value === state).length;
  const pending = count('pending');
  const failed = count('failed') + count('notSupported');
  return {
    ...entity,
    status: pending > 0 ? 'pending' : failed > 0 ? 'failed' : 'succeeded',
    actionSummary: { successfulCount: count('successful'), failedCount: count('failed'), inProgressCount: 0, pendingCount: pending, notSupportedCount: count('notSupported') },
  };
}
