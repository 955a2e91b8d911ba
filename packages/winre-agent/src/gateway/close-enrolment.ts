import { instantAt } from '@winre-kit/sdk';
import { continuityEvidence } from './apply-device-report.ts';
import type { DeviceRecord, OperationRecord } from './gateway-records.ts';
import { moveOperation } from './move-operation.ts';

/**
 * What a new enrolment does to the open operations of the device: it ends them all, because work planned for the old enrolment must never reach the
 * new one. Only the rebuild that the enrolment continues goes on, with the enrolment as its evidence. Pure.
 *
 * @param device the record of the new enrolment
 */
export function closeEnrolment(device: DeviceRecord, operations: readonly OperationRecord[], continuedKey: string | undefined, nowMs: number): readonly OperationRecord[] {
  return operations.map((operation) => {
    if (operation.operationKey !== continuedKey) {
      return moveOperation(operation, { delivery: 'closed', state: 'failed', rawState: 'enrolment-changed', deviceCode: 'enrolment-changed', message: 'the device was enrolled anew; this operation was meant for the enrolment before' }, nowMs);
    }
    const continuedAs = { enrolmentEpoch: device.enrolmentEpoch, enrolledAt: instantAt(nowMs) };
    const moved = moveOperation(operation, { delivery: 'received', state: 'verifying', rawState: 'enrolled-again', message: 'the rebuilt device has enrolled again with its continuity token', ...(operation.commandSequence !== undefined && { commandSequence: operation.commandSequence }) }, nowMs);
    // The rebuilt agent counts its reports from the beginning.
    return { ...moved, reportSequence: 0, continuedAs, report: { ...moved.report, evidence: continuityEvidence(operation, continuedAs) } };
  });
}
