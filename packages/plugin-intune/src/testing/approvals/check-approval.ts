import { nameOf, type GraphCall } from '../answer/graph-call.ts';
import type { GraphRefusal } from '../protocol/graph-refusal.ts';
import { refusals } from '../protocol/graph-refusal.ts';
import type { ApprovalRecord } from '../state/approval-record.ts';
import type { Violation } from '../state/journal.ts';
import type { TenantState } from '../state/tenant-state.ts';
import type { ProtectedArea } from '../surface/graph-row.ts';
import type { ApprovalForm } from '../tenant-settings.ts';
import { settleApproval } from './decide-approval.ts';

/** Three days. */
const approvalLifetimeMs = 3 * 86_400_000;
const maxJustificationCharacters = 1_024;
const areaOfBulk: Readonly<Record<string, ProtectedArea>> = { wipe: 'deviceWipe', retire: 'deviceRetire', delete: 'deviceDelete' };

/** A write as it came over the wire. */
export interface WireWrite {
  readonly method: string;
  /** From the version on, with the query. */
  readonly url: string;
  readonly bodyText: string;
  readonly headers: Headers;
}

export type ApprovalCheck =
  | { readonly kind: 'free' }
  /** Goes ahead; to be completed once it succeeded. */
  | { readonly kind: 'approved'; readonly record: ApprovalRecord }
  | { readonly kind: 'refused'; readonly refusal: GraphRefusal; readonly violation?: Pick<Violation, 'rule' | 'reason'> };

/** Multi Admin Approval: lets a write go ahead, or parks it until another administrator approves. A parked write changes nothing else. */
export function checkApproval(tenant: TenantState, call: GraphCall, write: WireWrite): ApprovalCheck {
  const area = areaOf(call);
  const policy = area && tenant.approvalPolicies.items().find((candidate) => candidate.area === area);
  if (!policy || (call.caller.userPrincipalName === undefined && policy.excludedAppIds.includes(call.caller.appId))) return { kind: 'free' };
  const code = write.headers.get('x-msft-approval-code');
  if (code !== null) return checkResend(tenant, code, call, write);
  const justification = readJustification(write.headers.get('x-msft-approval-justification'));
  if (justification.kind === 'missing') return { kind: 'refused', refusal: refusals.badRequest('The x-msft-approval-justification header is required for this operation.') };
  if (justification.kind === 'bad') return { kind: 'refused', refusal: refusals.badRequest(justification.reason), violation: { rule: 'header', reason: justification.reason } };
  const objectKey = Object.values(call.params)[0] ?? `${write.method} ${write.url} ${write.bodyText}`;
  const active = tenant.approvals.items().find((record) => {
    settleApproval(record, call.nowMs);
    return record.objectKey === objectKey && (record.status === 'needsApproval' || record.status === 'approved');
  });
  if (active) return { kind: 'refused', refusal: refusals.conflict('An active Approval Request already exists for this object.') };
  const { appId, userPrincipalName } = call.caller;
  const record: ApprovalRecord = {
    id: tenant.random.guid(), area: policy.area, requestedAtMs: call.nowMs, expiresAtMs: call.nowMs + approvalLifetimeMs, justification: justification.text,
    requestor: { appId, ...(userPrincipalName === undefined ? {} : { userPrincipalName }) },
    write: { method: write.method, url: write.url, bodyText: write.bodyText }, objectKey, status: 'needsApproval', changedAtMs: call.nowMs,
  };
  tenant.approvals.put(record, tenant.settings.hiddenForReads);
  return { kind: 'refused', refusal: parked(record.id, tenant.settings.approvalForm) };
}

function checkResend(tenant: TenantState, code: string, call: GraphCall, write: WireWrite): ApprovalCheck {
  const record = tenant.approvals.peek(code);
  if (!record) return { kind: 'refused', refusal: refusals.badRequest(`The approval code '${code}' is not known.`) };
  settleApproval(record, call.nowMs);
  const { method, url, bodyText } = record.write;
  if (method !== write.method || url !== write.url || bodyText !== write.bodyText) {
    const reason = `what ${nameOf(call.caller)} sent with an approval code is not what was approved: method, address and body must be the same to the byte`;
    return { kind: 'refused', refusal: refusals.badRequest('The request does not match the approved request.'), violation: { rule: 'changed-resend', reason } };
  }
  if (record.status === 'approved') return { kind: 'approved', record };
  if (record.status === 'needsApproval') return { kind: 'refused', refusal: parked(record.id, tenant.settings.approvalForm) };
  return { kind: 'refused', refusal: refusals.badRequest(`The approval request is ${record.status}.`) };
}

function parked(code: string, form: ApprovalForm): GraphRefusal {
  const message = `Approval Required. Request Approval using the request ID returned as part of the x-msft-approval-code response header. x-msft-approval-code: ${code}`;
  const headers = { 'x-msft-approval-code': code };
  switch (form) {
    case 'forbidden-403': return { status: 403, code: 'ApprovalRequired', message, headers };
    case 'precondition-412': return { status: 412, code: 'BadRequest', message, headers };
    case 'bad-request-400': return { status: 400, code: 'BadRequest', message, headers };
  }
}

/** What a request touches that a policy may protect. A bulk action counts as what it does. */
function areaOf({ row, body }: GraphCall): ProtectedArea | undefined {
  if (row.operation !== 'executeAction') return row.protects;
  return areaOfBulk[(body as { readonly actionName: string }).actionName];
}

function readJustification(header: string | null): { readonly kind: 'text'; readonly text: string } | { readonly kind: 'missing' } | { readonly kind: 'bad'; readonly reason: string } {
  if (header === null || header === '') return { kind: 'missing' };
  const text = Buffer.from(header, 'base64').toString('utf8');
  if (Buffer.from(text, 'utf8').toString('base64') !== header) return { kind: 'bad', reason: 'The x-msft-approval-justification header must be Base64-encoded.' };
  return text.length > maxJustificationCharacters ? { kind: 'bad', reason: `The justification has more than ${maxJustificationCharacters} characters.` } : { kind: 'text', text };
}
