import { approvalEntityOf, decideApproval, policyTypeOf, settleApproval, type ApprovalVerdict } from '../approvals/decide-approval.ts';
import type { Entity } from '../protocol/graph-answer.ts';
import { refusals } from '../protocol/graph-refusal.ts';
import { createCollection } from '../state/collection.ts';
import { instantOf } from '../state/instant.ts';
import type { TenantState } from '../state/tenant-state.ts';
import { answers } from './answers.ts';
import type { GraphCall, GraphHandler } from './graph-call.ts';

type Fields = Readonly<Record<string, unknown>>;

const onPolicy = (run: (tenant: TenantState, policy: Entity, call: GraphCall) => ReturnType<GraphHandler>): GraphHandler => (tenant, call) => {
  const id = call.params['policyId'] ?? '';
  const policy = tenant.updatePolicies.read(id);
  return policy ? run(tenant, policy, call) : answers.missing('Windows update policy', id);
};

const verdict = (wanted: ApprovalVerdict): GraphHandler => (tenant, { params, body, caller, nowMs }) => {
  const record = tenant.approvals.read(params['requestId'] ?? '');
  if (!record) return answers.missing('approval request', params['requestId'] ?? '');
  if (caller.userPrincipalName === undefined) return answers.refused(refusals.forbidden('Applications cannot approve or reject approval requests.'));
  const reason = decideApproval(record, wanted, { by: caller.userPrincipalName, justification: (body as { readonly justification: string }).justification, nowMs });
  return reason === undefined ? answers.value({ value: record.status }) : answers.refused(refusals.badRequest(reason));
};

/** Recovery keys, Windows updates, approvals and audit. */
export const serviceHandlers: Readonly<Record<string, GraphHandler>> = {
  listRecoveryKeys: (tenant) => answers.list(tenant.recoveryKeys.list().map(({ order, item }) => ({ order, item: withoutKey(item) }))),
  getRecoveryKey: (tenant, { params, query }) => {
    const stored = tenant.recoveryKeys.read(params['keyId'] ?? '');
    if (!stored) return answers.missing('recovery key', params['keyId'] ?? '');
    // The password is only in an answer that was asked for it by name.
    return answers.entity(query.select?.includes('key') === true ? stored : withoutKey(stored));
  },

  listCatalogEntries: (tenant, { query }) => answers.list(tenant.catalogEntries.list().map(({ order, item: { productRevisions, ...shown } }) => ({ order, item: query.expand.length > 0 ? { ...shown, '@odata.type': '#microsoft.graph.windowsUpdates.recoveryUpdateCatalogEntry', productRevisions } : shown }))),
  listUpdatePolicies: (tenant) => answers.list(tenant.updatePolicies.list()),
  getUpdatePolicy: onPolicy((_, policy) => answers.entity(policy)),
  createUpdatePolicy: (tenant, { body, nowMs }) => {
    const policy = { description: '', ...(body as Fields), id: tenant.random.guid(), createdDateTime: instantOf(nowMs), lastModifiedDateTime: instantOf(nowMs) };
    tenant.updatePolicies.put(policy, tenant.settings.hiddenForReads);
    return answers.entity(policy);
  },
  updateUpdatePolicy: onPolicy((tenant, policy, { body, nowMs }) => {
    const changed = { ...policy, ...(body as Fields), id: policy.id, lastModifiedDateTime: instantOf(nowMs) };
    tenant.updatePolicies.put(changed);
    return answers.entity(changed);
  }),
  deleteUpdatePolicy: onPolicy((tenant, { id }) => {
    tenant.updatePolicies.remove(id);
    return answers.nothing;
  }),
  listPolicyApprovals: onPolicy((tenant, { id }) => answers.list(tenant.policyApprovals.get(id)?.list() ?? [])),
  createPolicyApproval: onPolicy((tenant, { id }, { body, nowMs }) => {
    const { catalogEntryId } = body as { readonly catalogEntryId: string };
    if (!tenant.catalogEntries.peek(catalogEntryId)) return answers.refused(refusals.badRequest(`The catalog entry '${catalogEntryId}' does not exist.`));
    const approval = { '@odata.type': '#microsoft.graph.windowsUpdates.policyApproval', ...(body as Fields), id: tenant.random.guid(), createdDateTime: instantOf(nowMs), lastModifiedDateTime: instantOf(nowMs) };
    const approvals = tenant.policyApprovals.get(id) ?? createCollection<Entity>();
    approvals.put(approval);
    tenant.policyApprovals.set(id, approvals);
    return answers.entity(approval);
  }),

  listApprovalPolicies: (tenant) => answers.list(tenant.approvalPolicies.list().map(({ order, item }) => ({ order, item: { id: item.id, displayName: item.area, policyType: policyTypeOf(item.area), policyPlatform: 'notApplicable', approverGroupIds: [] } }))),
  listApprovalRequests: (tenant, { nowMs }) => answers.list(tenant.approvals.list().map(({ order, item }) => {
    settleApproval(item, nowMs);
    // Graph filters by the name requestId, and calls it id in what it answers.
    return { order, item: { ...approvalEntityOf(item), requestId: item.id } };
  })),
  getApprovalRequest: (tenant, { params, nowMs }) => {
    const record = tenant.approvals.read(params['requestId'] ?? '');
    if (!record) return answers.missing('approval request', params['requestId'] ?? '');
    settleApproval(record, nowMs);
    return answers.entity(approvalEntityOf(record));
  },
  approveRequest: verdict('approved'),
  rejectRequest: verdict('rejected'),
  cancelApproval: verdict('cancelled'),

  listAuditEvents: (tenant) => answers.list(tenant.auditEvents.list()),
  listRemoteActionAudits: (tenant) => answers.list(tenant.remoteActionAudits.list()),
};

function withoutKey(stored: Entity): Entity {
  const { key: _, ...shown } = stored;
  return shown;
}
