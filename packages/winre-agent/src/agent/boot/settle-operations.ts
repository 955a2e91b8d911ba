import { pendingRollbacks } from '@winre-kit/snapshot-core';
import type { Boot } from '../../platform/platform.ts';
import type { PreparedOperation } from '../operations/operation-handler.ts';
import { rebuildVolume } from '../operations/rebuild-volume.ts';
import { restoreVolume } from '../operations/restore-volume.ts';
import { openRepositoryAt } from '../restore/open-restore-points.ts';
import type { LedgerOperation } from '../state/ledger-view.ts';
import type { AgentBoot, AgentCore } from './agent-boot.ts';
import { planSettlement, type Settlement } from './plan-settlement.ts';

/** An operation that was left open, and what becomes of it. */
export interface OpenSettlement {
  readonly operation: LedgerOperation;
  readonly settlement: Settlement;
}

/** Looks at everything that an earlier run left open. Changes nothing. */
export async function planSettlements(core: AgentCore, boot: Boot, signal: AbortSignal): Promise<readonly OpenSettlement[]> {
  const open = [...core.ledger.view.operations.values()].filter(({ state }) => state !== 'finished');
  if (open.length === 0) return [];
  const { locked: volumeLocked } = await core.platform.volume.status();
  const pending = await openRepositoryAt(core.settings.restorePointsFolder, core)
    .then((repository) => pendingRollbacks(repository, { signal }))
    // No repository, no rollback; a damaged one shows when the operation goes on.
    .catch(() => []);
  return open.map((operation) => {
    const rollbackPending = pending.some(({ operationId }) => operationId === operation.operationKey);
    return { operation, settlement: planSettlement(operation, { boot, volumeLocked, rollbackPending }) };
  });
}

/** Hands the open operations to the runner. Those that wait for this boot's check are left to the caller. */
export function settleOperations({ core, services, runner }: AgentBoot, settlements: readonly OpenSettlement[], signal: AbortSignal): void {
  for (const { operation, settlement } of settlements) {
    core.log('info', 'an operation was left open', { operationKey: operation.operationKey, capability: operation.capability, action: settlement.action });
    if (settlement.action === 'take-up') runner.takeUp(operation);
    if (settlement.action === 'conclude') runner.conclude(operation.operationKey, settlement.result);
    if (settlement.action !== 'resume') continue;
    const run = continuation(services, operation);
    if (settlement.when === 'now') runner.resume(operation, run);
    else services.unlocked.wait(signal).then(() => runner.resume(operation, run), () => {});
  }
}

function continuation(services: AgentBoot['services'], { destructivePlan, operationKey }: LedgerOperation): PreparedOperation {
  const binding = destructivePlan?.binding;
  return async (stage) => {
    if (binding?.intent.capability === 'winre.restore.trigger') return restoreVolume(services, binding.intent, stage);
    if (binding?.intent.capability === 'winre.rebuild.trigger') return rebuildVolume(services, binding, stage);
    return { state: 'failed', rawState: 'interrupted', deviceCode: 'internal', message: `the ledger does not say how to go on with ${operationKey}` };
  };
}
