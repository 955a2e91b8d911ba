import type { ReconcileFinding } from '@winre-kit/sdk';
import type { OperationRecord } from './gateway-records.ts';

/** What can be said about an operation without sending anything. Pure. `absent` only when it certainly never reached the device and is not on its way. */
export function reconcileFrom(record: OperationRecord | undefined): ReconcileFinding {
  if (!record) return { finding: 'absent', reason: 'the gateway has never taken an operation with this key' };
  switch (record.delivery) {
    case 'not-received':
      return { finding: 'absent', reason: 'it left the gateway once, was lost on the way, and the device has said since that it never had it', vendorRef: record.report.vendorRef };
    case 'outcome-unknown':
      return { finding: 'cannot-tell', reason: record.report.message ?? 'the device cannot say whether it ran' };
    case 'queued':
    case 'retired':
    case 'received':
    case 'closed':
      return { finding: 'found', report: record.report };
  }
}

/** What a cancellation comes to. Pure. */
export function mayCancel(record: OperationRecord): boolean {
  return record.delivery === 'queued' || record.delivery === 'not-received';
}
