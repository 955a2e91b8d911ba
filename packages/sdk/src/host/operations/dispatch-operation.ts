import { RecoveryError } from '../../errors/recovery-error.ts';
import type { HostCall } from '../call-options.ts';
import type { OperationReport } from '../../schemas/operation.ts';
import { requireQuorum } from './approval-gate.ts';
import { comparePlans } from './compare-plans.ts';
import { expiryOf } from './judge-expiry.ts';
import { judgeDispatchError } from './judge-dispatch-error.ts';
import { judgePrechecks } from './judge-prechecks.ts';
import { judgeReport } from './judge-report.ts';
import { approverTrustOf, reasonOf, termsOf, type OperationContext } from './operation-context.ts';
import type { LedgerChange } from './operation-ledger.ts';
import type { OperationRecord } from './operation-record.ts';
import { planOperation } from './plan-operation.ts';

/**
 * Makes sure that what was approved is still what would happen: approvals, clocks, payload, enrolment, prechecks, loss, digest.
 * @throws {RecoveryError} saying what no longer holds; see {@link voidsApproval}
 */
export async function requireStillValid(context: OperationContext, record: OperationRecord, call: HostCall): Promise<void> {
  const { submitted } = record;
  await requireQuorum(termsOf(record), record.approvals, approverTrustOf(context));
  const present = await planOperation(context, context.connectionOf(submitted.handle.plugin), submitted.binding.intent, call);
  const changes = comparePlans(submitted, present);
  if (changes.length > 0) throw new RecoveryError('plan-stale', `the plan no longer holds: ${changes.join('; ')}`, { facts: { changes } });
  const prechecks = judgePrechecks(present.prechecks, submitted.effect);
  if (!prechecks.go) throw new RecoveryError('failed-precondition', prechecks.reasons.join('; '), { facts: { prechecks: prechecks.reasons } });
  // Planning took time.
  const expiry = expiryOf({ state: 'approved', submitted });
  if (expiry && expiry.atMs <= context.options.clock.now()) throw new RecoveryError('approval-expired', `${expiry.reason}: plan again and ask again`);
  await requireQuorum(termsOf(record), record.approvals, approverTrustOf(context));
}

/** Whether a failed check before sending ends the operation. Anything else, such as a vendor that does not answer, leaves it approved. */
export function voidsApproval(error: unknown): error is RecoveryError {
  const final: readonly string[] = ['plan-stale', 'enrolment-changed', 'untrusted-payload', 'approval-expired', 'approval-required', 'approval-rejected', 'unsupported', 'not-found'];
  return RecoveryError.isInstance(error) && final.includes(error.code);
}

/**
 * Journals the intent, then sends, once. Whatever goes wrong after the intent is journalled ends in a state, never in a second send.
 * @throws {RecoveryError} `unavailable` when journal or audit cannot be written (nothing was sent then), the vendor's refusal, or the signal's reason
 */
export async function dispatchOperation(context: OperationContext, key: string, call: HostCall): Promise<OperationRecord> {
  const { ledger } = context;
  const { submitted } = ledger.find(key);
  const connection = context.connectionOf(submitted.handle.plugin);
  call.signal?.throwIfAborted();
  const record = await ledger.change(key, ({ state, cancelRequested }) => {
    if (cancelRequested) throw new RecoveryError('cancelled', `${cancelRequested.by} wants it cancelled: ${cancelRequested.reason}`);
    return [{ type: 'state', to: 'dispatching', reason: state === 'approved' ? 'sending' : 'sending again' }];
  });
  const { binding, planDigest, handle } = record.submitted;
  let report: OperationReport;
  try {
    const request = { intent: binding.intent, operationKey: handle.operationKey, planDigest, binding, approvals: record.approvals.map(({ approval }) => approval), ttlMs: handle.ttlMs };
    report = await connection.start(request, call);
  } catch (error) {
    const { outcome, reason } = judgeDispatchError(error, call.signal);
    // A defect of the plug-in is reconciled like a lost answer; its author has to hear of it all the same.
    if (RecoveryError.isInstance(error) && error.code === 'internal') context.options.logger.log('error', 'the plug-in failed to start an operation', { operationKey: key, reason: context.redactor.redactText(reason) });
    const to = ({ refused: 'failed', parked: 'awaiting-vendor-approval', unknown: 'unknown' } as const)[outcome];
    const after = await ledger.change(key, ({ state }) => (state === 'dispatching' ? [{ type: 'state', to, reason: context.redactor.redactText(reason) }] : []));
    // Asked to wait: trying again at once, as after a lost answer, would not be waiting.
    if (outcome === 'refused' || (outcome === 'unknown' && RecoveryError.isInstance(error) && error.retryAfterMs !== undefined)) throw error;
    call.signal?.throwIfAborted();
    return after;
  }
  return applyReport(context, key, report);
}

/** Writes what a report changes. */
export async function applyReport(context: OperationContext, key: string, { raw: _raw, ...report }: OperationReport): Promise<OperationRecord> {
  let progress: OperationReport | undefined;
  const record = await context.ledger.change(key, (present) => {
    const verdict = judgeReport(present, report);
    progress = verdict.path.length === 0 && isNews(present.report, verdict.report) ? verdict.report : undefined;
    return verdict.path.map((to, index): LedgerChange => {
      const last = index === verdict.path.length - 1;
      return { type: 'state', to, reason: last ? verdict.reason : `passed on the way to ${verdict.path.at(-1)}`, ...(last ? { report: verdict.report, evidence: verdict.evidence } : {}) };
    });
  });
  return progress ? context.ledger.note(key, { report: progress }) : record;
}

function isNews(known: OperationReport | undefined, heard: OperationReport | undefined): boolean {
  return heard !== undefined && (['percent', 'message', 'rawState', 'vendorRef'] as const).some((member) => known?.[member] !== heard[member]);
}

/** Keeps an operation where it is and says why. */
export async function noteFinding(context: OperationContext, key: string, finding: string, reason: string): Promise<OperationRecord> {
  const record = context.ledger.find(key);
  const { plugin, device, operationKey } = record.submitted.handle;
  const message = context.redactor.redactText(reason);
  // Asked again with the same answer: said once already.
  if (record.reason === `${finding}: ${message}`) return record;
  await context.ledger.audit({ kind: 'operation.reconciled', actor: `plugin:${plugin}`, subject: { pluginId: plugin, deviceId: device.id, operationKey }, message, facts: { finding } });
  return finding === 'found' ? context.ledger.find(key) : context.ledger.note(key, { reason: `${finding}: ${message}` });
}

/** Ends an operation whose approval no longer holds, and says so. */
export async function voidOperation(context: OperationContext, key: string, error: RecoveryError): Promise<OperationRecord> {
  const reason = reasonOf(context, error);
  return context.ledger.change(key, ({ state }) => {
    // A parked request does nothing until it comes again, and it will not.
    if (state === 'approved' || state === 'awaiting-vendor-approval') return [{ type: 'state', to: error.code === 'approval-expired' ? 'expired' : 'cancelled', reason }];
    // Proved not to be at the vendor, and may not be sent any more: nothing happened and nothing will.
    return state === 'unknown' ? [{ type: 'state', to: 'failed', reason: `never reached the vendor, and may not be sent any more: ${reason}` }] : [];
  });
}
