import { RecoveryError, type CallContext, type Clock } from '@winre-kit/sdk';
import { budgetDecision, freshBudget, noteRefused, noteSent, noteServed, type BudgetDemand, type BudgetLimits, type BudgetState } from './budget-decision.ts';
import { workloadLimits, type Workload } from './workloads.table.ts';

/** Keeps one application within what Graph allows it in one tenant. */
export interface RequestBudgets {
  /**
   * Waits for room for all of it and takes it at once, so send right afterwards.
   * @throws {RecoveryError} `resource-exhausted` when the room comes after the caller's deadline or in more than five minutes; nothing was taken
   */
  take(workload: Workload, demand: BudgetDemand, call: CallContext): Promise<void>;
  /** Graph answered 429: nothing of this workload goes out until then. */
  refused(workload: Workload, retryAfterMs: number | undefined): void;
  /** Graph served a request. */
  served(workload: Workload): void;
}

const longestWaitMs = 300_000;

export function createRequestBudgets(clock: Clock, limitsOf: Readonly<Record<Workload, BudgetLimits>> = workloadLimits): RequestBudgets {
  const states = new Map<Workload, BudgetState>();
  const stateOf = (workload: Workload): BudgetState => states.get(workload) ?? freshBudget;
  return {
    async take(workload, demand, call) {
      const limits = limitsOf[workload];
      for (;;) {
        call.signal.throwIfAborted();
        const nowMs = clock.monotonicMs();
        const decision = budgetDecision(stateOf(workload), limits, demand, nowMs);
        if (decision.go) {
          states.set(workload, noteSent(stateOf(workload), limits, demand, nowMs));
          return;
        }
        const waitMs = Math.ceil(decision.waitMs);
        if (waitMs > longestWaitMs || clock.now() + waitMs >= (call.deadlineMs ?? Infinity)) {
          throw new RecoveryError('resource-exhausted', `${decision.reason}: room in ${waitMs} ms; nothing was sent`, {
            retryAfterMs: waitMs, correlationId: call.correlationId, facts: { outcome: 'not-sent', workload },
          });
        }
        await clock.sleep(waitMs, { signal: call.signal });
      }
    },
    refused: (workload, retryAfterMs) => void states.set(workload, noteRefused(stateOf(workload), clock.monotonicMs(), retryAfterMs)),
    served: (workload) => void states.set(workload, noteServed(stateOf(workload))),
  };
}
