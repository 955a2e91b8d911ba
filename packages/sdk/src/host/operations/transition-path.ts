import { isTerminalState, mayTransition } from '../../contract/operation-transition.ts';
import { operationTransitions, progressOrder } from '../../contract/operation-transitions.table.ts';
import type { Effect } from '../../schemas/effect.ts';
import type { OperationState } from '../../schemas/operation.ts';

/**
 * The states to go through, without the first and with the last, along edges of the table: vendors skip states, records do not.
 * The shortest way over states of progress; undefined when there is none. Nothing leads through `unknown`, nor from `unknown` through `dispatching`, which would be a resend.
 */
export function transitionPath(from: OperationState, to: OperationState, effect: Effect): readonly OperationState[] | undefined {
  const between: readonly OperationState[] = progressOrder.filter((state) => !(from === 'unknown' && state === 'dispatching'));
  const waiting: (readonly OperationState[])[] = [[from]];
  const seen = new Set<OperationState>([from]);
  for (let path = waiting.shift(); path; path = waiting.shift()) {
    const last = path.at(-1) ?? from;
    if (mayTransition(last, to, effect)) return [...path.slice(1), to];
    for (const next of operationTransitions[last]) {
      if (seen.has(next) || isTerminalState(next) || !between.includes(next) || !mayTransition(last, next, effect)) continue;
      seen.add(next);
      waiting.push([...path, next]);
    }
  }
  return undefined;
}
