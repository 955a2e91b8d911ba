import { isTerminalState } from '../../contract/operation-transition.ts';
import { RecoveryError } from '../../errors/recovery-error.ts';
import type { OperationEvidence, OperationReport, OperationState } from '../../schemas/operation.ts';
import type { OperationRecord } from './operation-record.ts';
import { transitionPath } from './transition-path.ts';

/** What a report does to an operation. */
export interface ReportVerdict {
  /** States to go through, in order; empty when the report changes none. */
  readonly path: readonly OperationState[];
  readonly reason: string;
  /** The report to keep: with growing percent, and 100 only at the end. Undefined when it is to be ignored. */
  readonly report: OperationReport | undefined;
  readonly evidence: OperationEvidence | undefined;
}

/** How far a state is on the way. */
const rank: Readonly<Record<OperationState, number>> = {
  planned: -1, 'awaiting-approval': -1, approved: -1,
  dispatching: 0, 'awaiting-vendor-approval': 1, accepted: 2, delivered: 3, running: 4, verifying: 5,
  succeeded: 6, failed: 6, cancelled: 6, expired: 6, rejected: 6,
  unknown: 0,
};

/**
 * Judges a vendor's report about a sent operation. Success of a destructive operation needs evidence observed after the vendor took it; without it the operation stays `verifying`.
 * An `unknown` operation is judged only on what a reconcile found.
 *
 * @throws {RecoveryError} `internal` when the report is about another operation of the vendor
 */
export function judgeReport(record: OperationRecord, report: OperationReport): ReportVerdict {
  const ignore = (reason: string): ReportVerdict => ({ path: [], reason, report: undefined, evidence: undefined });
  if (isTerminalState(record.state)) return ignore(`the operation is ${record.state} already`);
  if (rank[record.state] < 0) return ignore('the operation was never sent');
  const known = record.taken?.vendorRef;
  if (known !== undefined && report.vendorRef !== known) throw new RecoveryError('internal', `the plug-in reports about ${report.vendorRef}, but the vendor took this operation as ${known}`, { fieldPath: 'vendorRef' });
  if (rank[report.state] < 0) return ignore(`the vendor reports ${report.state}, which only the host decides`);

  const evidence = isNewEvidence(record, report) ? report.evidence : undefined;
  const { target, reason } = targetOf(record, report, evidence);
  if (target === 'unknown' && record.state === 'unknown') return ignore(`the vendor does not know either: ${report.rawState}`);
  const isReleased = record.state === 'awaiting-vendor-approval' && target === 'dispatching';
  if (!isReleased && target !== 'unknown' && record.state !== 'unknown' && rank[target] < rank[record.state]) return ignore(`the operation is ${record.state}; ${target} is behind it`);
  const percent = percentOf(record, report, target);
  const kept = percent === undefined ? report : { ...report, percent };
  if (isReleased) return { path: [], reason: `${reason}: start it again`, report: kept, evidence: undefined };
  if (target === record.state) return { path: [], reason, report: kept, evidence };
  const path = transitionPath(record.state, target, record.submitted.effect);
  if (path) return { path, reason, report: kept, evidence };
  if (target === 'rejected') return { path: transitionPath(record.state, 'failed', record.submitted.effect) ?? [], reason: `rejected by the vendor: ${reason}`, report: kept, evidence };
  return ignore(`an operation that is ${record.state} cannot become ${target}`);
}

/**
 * Whether the evidence was observed after the vendor took the operation, both by the vendor's clock, which may be far from the host's. Only where the vendor never said when it took
 * it, because the first word about it was its end, the host's own time of sending stands in.
 */
export function isNewEvidence(record: OperationRecord, report: OperationReport): boolean {
  const { evidence, acceptedAt } = report;
  const sinceMs = acceptedAt === undefined ? (record.taken?.atMs ?? record.dispatchedMs) : Date.parse(acceptedAt);
  return evidence !== undefined && sinceMs !== undefined && Date.parse(evidence.observedAt) > sinceMs;
}

function targetOf(record: OperationRecord, report: OperationReport, evidence: OperationEvidence | undefined): { readonly target: OperationState; readonly reason: string } {
  const said = report.message ?? report.rawState;
  // Found at the vendor: the edge from unknown to dispatching is for a resend only.
  if (record.state === 'unknown' && report.state === 'dispatching') return { target: 'accepted', reason: said };
  if (report.state === 'succeeded' && isFailureExit(record, report)) return { target: 'failed', reason: `it ended with exit code ${report.exitCode}, which its signed manifest does not count as success` };
  if (report.state !== 'succeeded' || record.submitted.effect !== 'destructive' || evidence || record.evidence) return { target: report.state, reason: said };
  return { target: 'verifying', reason: report.evidence ? 'the vendor reports success with evidence from before it was sent' : 'the vendor reports success; the device has not been seen in its new state yet' };
}

/** The signed manifest says which exit codes are success; a vendor that calls another one success is overruled. */
function isFailureExit({ submitted }: OperationRecord, { exitCode }: OperationReport): boolean {
  if (exitCode === undefined) return false;
  const { intent } = submitted.binding;
  if (intent.capability === 'winre.script.push') return !intent.script.manifest.successExitCodes.includes(exitCode);
  return intent.capability === 'winre.package.push' && !intent.package.manifest.entryPoint.successExitCodes.includes(exitCode);
}

function percentOf(record: OperationRecord, report: OperationReport, target: OperationState): number | undefined {
  if (target === 'succeeded') return 100;
  const grown = Math.max(record.report?.percent ?? 0, report.percent ?? 0);
  if (record.report?.percent === undefined && report.percent === undefined) return undefined;
  return isTerminalState(target) ? grown : Math.min(grown, 99);
}
