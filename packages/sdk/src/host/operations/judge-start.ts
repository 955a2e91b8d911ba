import { RecoveryError } from '../../errors/recovery-error.ts';
import { expiryOf } from './judge-expiry.ts';
import type { OperationRecord } from './operation-record.ts';

export type StartVerdict =
  | { readonly action: 'send' }
  /** It was or may have been sent: ask the vendor before anything is sent again. */
  | { readonly action: 'reconcile' }
  | { readonly action: 'nothing' }
  | { readonly action: 'expire'; readonly error: RecoveryError }
  | { readonly action: 'refuse'; readonly error: RecoveryError };

/** What `start` has to do with an operation in its present state. */
export function judgeStart({ state, reason, submitted }: OperationRecord, nowMs: number): StartVerdict {
  const { operationKey } = submitted.handle;
  switch (state) {
    case 'planned':
    case 'awaiting-approval':
      return { action: 'refuse', error: new RecoveryError('approval-required', `operation ${operationKey} waits for approval until ${submitted.approveBy}`, { facts: { operationKey, approveBy: submitted.approveBy } }) };
    case 'approved': {
      const expiry = expiryOf({ state, submitted });
      if (!expiry || nowMs < expiry.atMs) return { action: 'send' };
      return { action: 'expire', error: new RecoveryError('approval-expired', `operation ${operationKey}: ${expiry.reason}: plan again and ask again`) };
    }
    case 'dispatching':
    case 'awaiting-vendor-approval':
    case 'unknown':
      return { action: 'reconcile' };
    case 'accepted':
    case 'delivered':
    case 'running':
    case 'verifying':
    case 'succeeded':
    case 'failed':
      return { action: 'nothing' };
    case 'rejected':
      return { action: 'refuse', error: new RecoveryError('approval-rejected', `operation ${operationKey} was rejected: ${reason}`) };
    case 'expired':
      return { action: 'refuse', error: new RecoveryError('approval-expired', `operation ${operationKey} expired: ${reason}`) };
    case 'cancelled':
      return { action: 'refuse', error: new RecoveryError('cancelled', `operation ${operationKey} was cancelled: ${reason}`) };
  }
}
