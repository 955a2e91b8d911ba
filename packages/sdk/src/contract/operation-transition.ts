import { RecoveryError } from '../errors/recovery-error.ts';
import type { Effect } from '../schemas/effect.ts';
import type { OperationState } from '../schemas/operation.ts';
import { operationTransitions, terminalStates } from './operation-transitions.table.ts';

/** True when nothing can change the state any more. */
export function isTerminalState(state: OperationState): boolean {
  return (terminalStates as readonly OperationState[]).includes(state);
}

/** Whether an operation of this effect may go from one state to another. A destructive one never skips its approval. */
export function mayTransition(from: OperationState, to: OperationState, effect: Effect): boolean {
  if (effect === 'destructive' && from === 'planned' && to === 'approved') return false;
  return operationTransitions[from].includes(to);
}

/** @throws {RecoveryError} `conflict` naming both states when the edge is not in the table */
export function requireTransition(from: OperationState, to: OperationState, effect: Effect): void {
  if (mayTransition(from, to, effect)) return;
  throw new RecoveryError('conflict', `an operation that is ${from} cannot become ${to}`, { facts: { from, to, effect } });
}
