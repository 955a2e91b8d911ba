import type { DeviceRecord, ManagementState } from '../state/managed-device.ts';
import type { TenantState } from '../state/tenant-state.ts';
import { newRecoveryKey } from './new-recovery-key.ts';
import type { OrderedAction } from './ordered-action.ts';
import { reenrolDevice } from './reenrol-device.ts';
import { runScriptPackage } from './run-script-package.ts';

/** What an action that ended leaves behind. */
export function finishAction(tenant: TenantState, record: DeviceRecord, ordered: OrderedAction, outcome: 'done' | 'failed', nowMs: number): void {
  const manage = (managementState: ManagementState): void => void (record.entity = { ...record.entity, managementState });
  if (outcome === 'failed') {
    if (ordered.action === 'wipe') manage('wipeFailed');
    if (ordered.action === 'retire') manage('retireFailed');
    return;
  }
  switch (ordered.action) {
    case 'wipe':
    case 'cleanWindowsDevice': {
      if (ordered.keepsEnrolment === true) {
        manage('managed');
        return;
      }
      const { reenrolAfterMs } = record.behaviour;
      if (reenrolAfterMs !== 'never') tenant.schedule.at(nowMs + reenrolAfterMs, (atMs) => reenrolDevice(tenant, record, atMs));
      return;
    }
    case 'retire':
      tenant.devices.remove(record.id);
      return;
    case 'rotateBitLockerKeys':
      tenant.recoveryKeys.put(newRecoveryKey(tenant, record, nowMs));
      return;
    case 'initiateOnDemandProactiveRemediation':
      if (ordered.scriptId !== undefined) runScriptPackage(tenant, ordered.scriptId, record, nowMs);
      return;
    case 'rebootNow':
    case 'syncDevice':
  }
}
