import type { CheckedFinding } from '../plugins/plugin-connection.ts';
import type { OperationRecord } from './operation-record.ts';

/**
 * `absent` proves that nothing happened only for what the vendor never had, or still has on record under the same reference. From a vendor that had it and
 * forgot it, nobody can tell, and sending again could be a second time.
 */
export function judgeFinding({ taken }: Pick<OperationRecord, 'taken'>, told: CheckedFinding): CheckedFinding {
  if (told.finding !== 'absent' || !taken || (told.vendorRef !== undefined && told.vendorRef === taken.vendorRef)) return told;
  return { finding: 'cannot-tell', reason: `the vendor had it${taken.vendorRef === undefined ? '' : ` as ${taken.vendorRef}`} and does not know it any more: ${told.reason}` };
}
