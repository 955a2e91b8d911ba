import { RecoveryError, type DeviceBinding, type OperationSnapshot, type OperationState } from '@winre-kit/sdk';
import { systemClock } from '@winre-kit/sdk/host';
import type { Story } from '../timeline.ts';
import { applyBadUpdate } from '../volume/break-volume.ts';
import { differingPaths, readManifest } from '../volume/volume-manifest.ts';
import { tenantId, type World } from '../world/start-world.ts';
import { followToSuccess, signDecision, submitIntent } from './carry-out.ts';
import { bindingOf, recoverySessionOf, restorePointsOf } from './watch-device.ts';

const operationKey = 'C-restore';
/** The request that starts the restore is longer than this; nothing else that this host sends is. */
const startRequestBytes = 1_300;

/** Device C: the line between host and EMM dies behind a destructive command. Nobody knows whether it arrived; it happens exactly once. */
export function surviveLostReply({ devices: { C: device }, office, branch, line, people, witnessUrl }: World): Story {
  let binding: DeviceBinding;
  let good: ReadonlyMap<string, string>;

  return {
    title: 'Device C: lost reply',
    steps: [
      {
        title: 'A restore point is taken, a bad update breaks the system, WinRE starts',
        async run(report) {
          device.switchOn();
          binding = await bindingOf(branch, device);
          await restorePointsOf(branch, binding, 1);
          good = await readManifest(device.volume);
          await applyBadUpdate(device.volume);
          const { sessionId, bootReason } = await recoverySessionOf(office, binding);
          report.note(`session ${sessionId} because of ${bootReason}`);
        },
      },
      {
        title: 'The restore is planned and approved',
        async run(report) {
          const [point] = await restorePointsOf(branch, binding, 1);
          const intent = { capability: 'winre.restore.trigger', tenantId, device: binding, restorePointId: point?.id, safetySnapshot: false };
          const { plan } = await submitIntent(branch.host, branch.plugin.id, intent, operationKey, people);
          await branch.host.approve(operationKey, await signDecision(await branch.host.approvalRequest(operationKey), people.approver, 'approved over the phone'));
          report.note(`${plan.loss?.files ?? 0} files would be lost`);
        },
      },
      {
        title: 'The reply is cut once the device has begun: unknown, then reconciled',
        async run(report) {
          const states: OperationState[] = [];
          const remember = ({ handle, state }: OperationSnapshot): void => void (handle.operationKey === operationKey && states.push(state));
          branch.host.events.on('operation-changed', remember);
          const cut = line.arm({ kind: 'cut-reply', requestBytes: startRequestBytes, afterHandshake: true, holdUntil: () => untilExecuted(witnessUrl) });
          const { reason } = await branch.host.start(operationKey);
          const { clientBytes } = await cut;
          branch.host.events.off('operation-changed', remember);
          if (!states.includes('unknown')) throw new RecoveryError('internal', `after a lost reply the operation went through ${states.join(', ')}, expected unknown among them`);
          await followToSuccess(branch.host, operationKey, report);
          report.note(`reply cut after ${clientBytes} bytes were sent; the operation was ${states.join(', then ')}: ${reason}`);
        },
      },
      {
        title: 'The witness counts exactly one effect',
        async run(report) {
          const executions = await executionsOf(witnessUrl);
          if (executions.length !== 1) throw new RecoveryError('internal', `the witness counts ${executions.length} executions of ${operationKey}, expected 1`);
          const differing = differingPaths(good, await readManifest(device.volume));
          if (differing.length > 0) throw new RecoveryError('data-loss', `after the restore ${differing.length} entries differ: ${differing.slice(0, 5).join(', ')}`);
          report.note(`1 execution, ${good.size} entries compared, none differs`);
        },
      },
    ],
  };
}

async function executionsOf(witnessUrl: string): Promise<readonly { operationKey: string }[]> {
  const executions = (await (await fetch(witnessUrl)).json()) as { operationKey: string }[];
  return executions.filter((execution) => execution.operationKey === operationKey);
}

async function untilExecuted(witnessUrl: string): Promise<void> {
  while ((await executionsOf(witnessUrl)).length === 0) await systemClock.sleep(50);
}
