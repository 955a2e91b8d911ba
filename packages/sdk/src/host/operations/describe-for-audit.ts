import type { AuditEntryInput } from '../audit/audit-entry.ts';
import type { JournalEntry } from '../journal/journal-entry.ts';
import type { JsonValue } from '../../schemas/primitives.ts';
import type { Precheck } from '../../schemas/precheck.ts';
import type { LossStatement } from '../../schemas/restore.ts';
import type { Intent } from '../../schemas/intent.ts';
import type { OperationReport } from '../../schemas/operation.ts';
import type { RecoveryPlan } from '../../schemas/plan.ts';
import { digestJson } from '../../trust/sha256.ts';
import type { OperationRecord } from './operation-record.ts';

/** The audit entries of a journal entry that is about to be written. `record` is the operation after it. */
export function auditEntriesOf(entry: JournalEntry, record: OperationRecord): readonly AuditEntryInput[] {
  const { handle } = record.submitted;
  const subject = { pluginId: handle.plugin, deviceId: handle.device.id, operationKey: handle.operationKey };
  const told = (kind: AuditEntryInput['kind'], actor: string, message: string, facts: Record<string, JsonValue>): AuditEntryInput => ({ kind, actor, subject, message, facts });
  switch (entry.type) {
    case 'operation.submitted': {
      const { effect, planDigest, requestedBy, approvalsNeeded, approveBy, executeBy, prechecks, loss } = entry.operation;
      return [told('operation.submitted', requestedBy, `${handle.capability} submitted`, {
        operationId: handle.operationId, capability: handle.capability, effect, planDigest, payloadDigest: handle.payloadDigest, enrolmentEpoch: handle.device.enrolmentEpoch,
        requestedBy, approvalsNeeded, approveBy, executeBy, ttlMs: handle.ttlMs, intent: intentFacts(entry.operation.binding.intent), prechecks: precheckFacts(prechecks), loss: lossFacts(loss),
      })];
    }
    case 'operation.approved': {
      const { statement, keyId } = entry.approval;
      return [told('operation.approval', entry.principal, `approved by ${entry.principal}`, { decision: 'approve', keyId, planDigest: statement.planDigest, decidedAt: statement.decidedAt, reason: statement.reason })];
    }
    case 'operation.cancel-requested':
      return [told('operation.cancel', entry.by, entry.reason, {})];
    case 'operation.finding':
      return [told('operation.finding', entry.by, `${entry.by} found: ${entry.finding}`, { finding: entry.finding, reason: entry.reason })];
    case 'operation.state': {
      const facts = { from: entry.from, to: entry.to, capability: handle.capability, ...(entry.report ? { report: reportFacts(entry.report) } : {}) };
      const change = told(entry.to === 'dispatching' ? 'operation.dispatch' : 'operation.state', 'host', entry.reason, facts);
      if (!entry.evidence) return [change];
      const { kind, observedAt, source, detail } = entry.evidence;
      return [told('operation.evidence', 'host', `${kind} observed by ${source}`, { kind, observedAt, source, detail }), change];
    }
  }
}

/** A plan without the content of its payload: requests by method, URL and digest of the body. */
export async function describePlanForAudit(plan: RecoveryPlan): Promise<Record<string, JsonValue>> {
  const requests = await Promise.all(plan.requests.map(async ({ method, url, body }) => ({ method, url, bodyDigest: body === undefined ? null : await digestJson(body) })));
  const { planDigest, effect, reversibility, approvalsNeeded, blastRadius, secretsInvalidated, prechecks, loss } = plan;
  return { planDigest, effect, reversibility, approvalsNeeded, blastRadius, secretsInvalidated, requests, intent: intentFacts(plan.binding.intent), prechecks: precheckFacts(prechecks), loss: lossFacts(loss) };
}

/** Everything an intent says except contents of scripts and packages, which stand here by name and digest. */
function intentFacts(intent: Intent): Record<string, JsonValue> {
  if (intent.capability === 'winre.script.push') {
    const { script, ...rest } = intent;
    const { name, interpreter, sha256 } = script.manifest;
    return { ...plainJson(rest), script: { name, interpreter, sha256, signedBy: script.signature.keyId } };
  }
  if (intent.capability === 'winre.package.push') {
    const { package: { manifest, signature }, ...rest } = intent;
    return { ...plainJson(rest), package: { name: manifest.name, version: manifest.version, files: manifest.files, signedBy: signature.keyId } };
  }
  return plainJson(intent);
}

/** Without the members that are undefined, which JSON does not keep. */
function plainJson(value: object): Record<string, JsonValue> {
  return JSON.parse(JSON.stringify(value)) as Record<string, JsonValue>;
}

function precheckFacts(prechecks: readonly Precheck[]): JsonValue {
  return prechecks.map(({ id, state, observedAt, evidence, required }) => ({ id, state, observedAt, evidence, required }));
}

function lossFacts(loss: LossStatement | undefined): JsonValue {
  if (!loss) return null;
  const { files, bytes, entries, truncated, digest, window } = loss;
  return { files, bytes, entries, truncated, digest, window: window ?? null };
}

function reportFacts(report: OperationReport): Record<string, JsonValue> {
  const stream = (output: OperationReport['stdout']): JsonValue => (output ? { bytes: output.bytes, truncated: output.truncated } : null);
  const { vendorRef, state, rawState, observedAt, exitCode, deviceCode, message } = report;
  return { vendorRef, state, rawState, observedAt, exitCode: exitCode ?? null, deviceCode: deviceCode ?? null, message: message ?? null, stdout: stream(report.stdout), stderr: stream(report.stderr) };
}
