import type { OperationState } from '../schemas/operation.ts';

/** Terminal states are final. */
export const terminalStates = ['succeeded', 'failed', 'cancelled', 'expired', 'rejected'] as const satisfies readonly OperationState[];
export type TerminalState = (typeof terminalStates)[number];

/**
 * Every allowed edge; a pair that is not here is refused. `succeeded` is reached only from `verifying` or `unknown`, so acceptance never becomes success,
 * and `unknown` leaves only by reconcile or a person's finding.
 *
 * @see docs/design/plugin-contract.md#operations
 */
export const operationTransitions: Readonly<Record<OperationState, readonly OperationState[]>> = {
  planned: ['awaiting-approval', 'approved', 'cancelled', 'expired'],
  'awaiting-approval': ['approved', 'rejected', 'cancelled', 'expired'],
  approved: ['dispatching', 'cancelled', 'expired'],
  dispatching: ['accepted', 'awaiting-vendor-approval', 'failed', 'unknown', 'cancelled', 'expired'],
  'awaiting-vendor-approval': ['dispatching', 'rejected', 'unknown', 'cancelled', 'expired'],
  accepted: ['delivered', 'running', 'verifying', 'failed', 'unknown', 'cancelled', 'expired'],
  delivered: ['running', 'verifying', 'failed', 'unknown', 'cancelled', 'expired'],
  running: ['verifying', 'failed', 'unknown', 'cancelled', 'expired'],
  verifying: ['succeeded', 'failed', 'unknown', 'cancelled', 'expired'],
  unknown: ['dispatching', 'awaiting-vendor-approval', 'accepted', 'delivered', 'running', 'verifying', 'succeeded', 'failed'],
  succeeded: [],
  failed: [],
  cancelled: [],
  expired: [],
  rejected: [],
};

/** The states a report may pass through on the way to a later one when the vendor skips some: accepted, delivered, running, verifying. */
export const progressOrder = ['dispatching', 'accepted', 'delivered', 'running', 'verifying'] as const satisfies readonly OperationState[];
