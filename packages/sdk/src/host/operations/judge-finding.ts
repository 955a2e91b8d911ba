import type { CheckedFinding } from '../plugins/plugin-connection.ts';
import type { OperationRecord } from './operation-record.ts';

/** `absent` proves that nothing happened only for what the vendor never had. From a vendor that had it and forgot it, nobody can tell, and sending again could be a second time. */
export function judgeFinding({ taken }: Pick<OperationRecord, 'taken'>, told: CheckedFinding): CheckedFinding {
  if (told.finding !== 'absent' || !taken) return told;
  return { finding: 'cannot-tell', reason: `the vendor had it${taken.vendorRef === undefined ? '' : ` as ${taken.vendorRef}`} and does not know it any more: ${told.reason}` };
}
