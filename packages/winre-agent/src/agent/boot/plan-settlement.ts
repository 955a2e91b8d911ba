import type { Boot } from '../../platform/platform.ts';
import { awaitingBoot, type BootRequest } from '../operations/operation-runner.ts';
import type { OperationResult } from '../operations/operation-handler.ts';
import { emptying, installed } from '../operations/rebuild-volume.ts';
import type { LedgerOperation } from '../state/ledger-view.ts';

/** What becomes of an operation that an earlier run of the agent left open. */
export type Settlement =
  /** Judge it and begin it. */
  | { readonly action: 'take-up' }
  /** Go on with it now, or once the volume is unlocked. */
  | { readonly action: 'resume'; readonly when: 'now' | 'unlocked' }
  /** It needs the machine in another state first. */
  | { readonly action: 'reboot'; readonly request: BootRequest }
  /** The boot that is under way now is its last step: a passed boot check makes it succeed. */
  | { readonly action: 'confirm-boot' }
  | { readonly action: 'conclude'; readonly result: OperationResult };

export interface SettlementFacts {
  readonly boot: Boot;
  readonly volumeLocked: boolean;
  /** The storage engine holds an unfinished rollback of this operation. */
  readonly rollbackPending: boolean;
}

/** Decides about one open operation. Pure. */
export function planSettlement(operation: LedgerOperation, facts: SettlementFacts): Settlement {
  if (operation.state === 'received') {
    if (operation.destructivePlan) return { action: 'take-up' };
    return failed('session-lost', 'the agent was restarted before it began: nothing was changed');
  }
  if (operation.phases.includes(awaitingBoot)) return settleAtBoot(operation, facts);
  const inService = facts.boot.mode === 'service';
  const toRecovery = { action: 'reboot', request: { mode: 'recovery', reason: 'requested' } } as const;
  switch (operation.capability) {
    case 'winre.restore.trigger':
      // A volume between two states must not be started from.
      if (inService && facts.rollbackPending) return toRecovery;
      return { action: 'resume', when: facts.volumeLocked ? 'unlocked' : 'now' };
    case 'winre.rebuild.trigger':
      if (inService && operation.phases.includes(emptying) && !operation.phases.includes(installed)) return toRecovery;
      return { action: 'resume', when: 'now' };
    case 'winre.keys.release':
      if (facts.volumeLocked) return failed('session-lost', 'the agent was restarted before the volume was unlocked');
      return { action: 'conclude', result: { state: 'succeeded', rawState: 'unlocked', message: 'the volume is unlocked for this session', evidence: { kind: 'volume-unlocked', detail: null } } };
    case 'winre.network.configure':
      return failed('session-lost', 'the agent was restarted before the gateway was reached through the new network; the former network is back');
    default:
      return failed('session-lost', 'the agent was restarted while it ran: it ran in part');
  }
}

function settleAtBoot(operation: LedgerOperation, { boot }: SettlementFacts): Settlement {
  const goal: Boot['mode'] = operation.capability === 'winre.session.enter' ? 'recovery' : 'service';
  // The agent was killed right before it started the machine anew.
  if (operation.bootId === boot.bootId) return { action: 'reboot', request: { mode: goal, reason: 'requested' } };
  if (boot.mode !== goal) return failed('boot-check-failed', goal === 'service' ? 'the system did not start; the device is in recovery again' : 'recovery did not start; the system is running');
  if (goal === 'service') return { action: 'confirm-boot' };
  return { action: 'conclude', result: { state: 'succeeded', rawState: 'recovery', message: 'the device is in recovery', evidence: { kind: 'recovery-started', detail: { bootId: boot.bootId } } } };
}

function failed(deviceCode: string, message: string): Settlement {
  return { action: 'conclude', result: { state: 'failed', rawState: 'interrupted', deviceCode, message } };
}
