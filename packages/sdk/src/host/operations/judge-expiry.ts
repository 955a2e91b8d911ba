import type { OperationRecord } from './operation-record.ts';

export interface Expiry {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly reason: string;
}

/** When an operation that was not sent ends by itself, and why. Undefined once it was sent: then only the vendor can tell whether it still arrives. */
export function expiryOf({ state, submitted }: Pick<OperationRecord, 'state' | 'submitted'>): Expiry | undefined {
  const { createdAt, ttlMs } = submitted.handle;
  const clocks: Expiry[] = [
    { atMs: Date.parse(submitted.executeBy), reason: 'the time to execute has passed' },
    { atMs: Date.parse(createdAt) + ttlMs, reason: 'the time to deliver has passed' },
  ];
  if (state === 'planned' || state === 'awaiting-approval') clocks.unshift({ atMs: Date.parse(submitted.approveBy), reason: 'the time to approve has passed' });
  else if (state !== 'approved') return undefined;
  return clocks.reduce((first, other) => (other.atMs < first.atMs ? other : first));
}
