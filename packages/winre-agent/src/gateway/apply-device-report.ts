import { instantAt, isTerminalState, type OperationReport, type OperationState } from '@winre-kit/sdk';
import type { DeviceReport } from '../protocol/index.ts';
import type { DeviceRecord, OperationRecord } from './gateway-records.ts';

/** What becomes of a device's report: a changed record, an acknowledgement without change, or a refusal that makes the device drop it. */
export type ReportVerdict =
  | { readonly verdict: 'applied'; readonly record: OperationRecord }
  | { readonly verdict: 'repeated' }
  | { readonly verdict: 'refused'; readonly code: 'not-found' | 'enrolment-changed' | 'failed-precondition'; readonly message: string };

const order: readonly OperationState[] = ['accepted', 'unknown', 'delivered', 'running', 'verifying'];

function rankOf(state: OperationState): number {
  return isTerminalState(state) ? order.length : order.indexOf(state);
}

/** Judges one report. Pure. A report proves that the command arrived, whatever was assumed before. */
export function applyDeviceReport(device: DeviceRecord, record: OperationRecord | undefined, reportSequence: number, report: DeviceReport): ReportVerdict {
  if (!record || record.deviceId !== device.deviceId) return { verdict: 'refused', code: 'not-found', message: 'this device was never given such an operation' };
  if (![record.enrolmentEpoch, record.continuedAs?.enrolmentEpoch].includes(device.enrolmentEpoch)) return { verdict: 'refused', code: 'enrolment-changed', message: 'the operation belongs to another enrolment' };
  if (record.delivery === 'closed' || reportSequence <= record.reportSequence || rankOf(report.state) < rankOf(record.report.state)) return { verdict: 'repeated' };
  const rebuilt = record.binding.intent.capability === 'winre.rebuild.trigger';
  if (rebuilt && report.state === 'succeeded' && !record.continuedAs) {
    return { verdict: 'refused', code: 'failed-precondition', message: 'a rebuild has succeeded only once the device has enrolled again with its continuity token' };
  }
  const percent = Math.max(report.percent ?? 0, record.report.percent ?? 0);
  const { vendorRef, acceptedAt } = record.report;
  const merged = { ...report, vendorRef, acceptedAt, ...(percent > 0 && { percent }), ...(record.continuedAs && { evidence: continuityEvidence(record, record.continuedAs, report) }) };
  const known = Object.fromEntries(Object.entries(merged).filter(([, member]) => member !== undefined)) as OperationReport;
  return { verdict: 'applied', record: { ...record, revision: record.revision + 1, delivery: isTerminalState(report.state) ? 'closed' : 'received', reportSequence, report: known } };
}

/** The proof that a rebuilt device came back: the new enrolment, and what the device says about itself beside it. */
export function continuityEvidence(record: OperationRecord, continuedAs: NonNullable<OperationRecord['continuedAs']>, report?: DeviceReport): NonNullable<OperationReport['evidence']> {
  const said = report?.evidence;
  const observedAtMs = Math.max(Date.parse(continuedAs.enrolledAt), said ? Date.parse(said.observedAt) : 0);
  return {
    kind: said?.kind ?? 're-enrolment',
    source: 'continuity-token',
    observedAt: instantAt(observedAtMs),
    detail: { formerEpoch: record.enrolmentEpoch, enrolmentEpoch: continuedAs.enrolmentEpoch, enrolledAt: continuedAs.enrolledAt, device: said?.detail ?? null },
  };
}
