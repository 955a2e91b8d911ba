import { instantAt, isTerminalState, type OperationReportInput, type OperationState, type StartRequest } from '@winre-kit/sdk';

/** A start request of any capability. Written as a mapped type, because `StartRequest<A>` is not assignable to `StartRequest<A | B>`. */
export type AnyStartRequest = { readonly [Member in keyof StartRequest]: StartRequest[Member] };

/** One operation at the model vendor. */
export interface ModelOperation {
  readonly vendorRef: string;
  readonly request: AnyStartRequest;
  state: OperationState;
  /** When `state` began, milliseconds since 1970. */
  sinceMs: number;
  readonly deliverByMs: number;
  /** How it will end. */
  readonly ending: { readonly state: 'succeeded' } | { readonly state: 'failed'; readonly exitCode: number };
  /** How often the device acted. */
  effects: number;
  approval?: { readonly reference: string; readonly expiresAt: string };
}

const steps: Partial<Record<OperationState, { readonly next: OperationState; readonly percent: number }>> = {
  accepted: { next: 'delivered', percent: 0 },
  delivered: { next: 'running', percent: 10 },
  running: { next: 'verifying', percent: 50 },
  verifying: { next: 'succeeded', percent: 90 },
};

/** Moves an operation on by the time that has passed: one state per `stepMs`; undelivered ones wait for the device and expire. */
export function progressOperation(operation: ModelOperation, nowMs: number, stepMs: number, deviceOnline: boolean): void {
  for (;;) {
    const step = steps[operation.state];
    if (!step) return;
    if (operation.state === 'accepted' && nowMs >= operation.deliverByMs) {
      operation.state = 'expired';
      operation.sinceMs = operation.deliverByMs;
      return;
    }
    if (!deviceOnline || nowMs - operation.sinceMs < stepMs) return;
    operation.state = operation.state === 'verifying' ? operation.ending.state : step.next;
    operation.sinceMs += stepMs;
    if (operation.state === 'running') operation.effects += 1;
  }
}

/** The vendor's report as of now. */
export function reportOf(operation: ModelOperation, nowMs: number): OperationReportInput {
  const { vendorRef, state, ending, approval } = operation;
  const observedAt = instantAt(nowMs);
  return {
    vendorRef,
    state,
    rawState: `model-${state}`,
    observedAt,
    percent: isTerminalState(state) ? 100 : (steps[state]?.percent ?? 0),
    ...(state === 'succeeded' ? { evidence: { kind: 'model-device-seen', observedAt, source: 'agent' as const, detail: { effects: operation.effects } } } : {}),
    ...(state === 'failed' && ending.state === 'failed' ? { exitCode: ending.exitCode } : {}),
    ...(state === 'awaiting-vendor-approval' && approval ? { vendorApproval: approval } : {}),
  };
}
