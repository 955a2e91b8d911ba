import { approvalVerdictBody } from '../bodies/approval-bodies.ts';
import { policyApprovalBody, updatePolicyBody, updatePolicyChange } from '../bodies/update-bodies.ts';
import type { GraphRow } from '../graph-row.ts';
import { objectOptions, pagedOptions } from '../query-options.ts';
import { scopes } from '../scopes.table.ts';

const both = ['v1.0', 'beta'] as const;
const beta = ['beta'] as const;
const page = 'https://learn.microsoft.com/en-us/graph/api';
const keys = '/informationProtection/bitlocker/recoveryKeys';
const updates = '/admin/windows/updates';
const policy = `${updates}/policies/{policyId}`;
const requests = '/deviceManagement/operationApprovalRequests';
const approval = { versions: beta, scopes: scopes.readApprovals, workload: 'other' } as const;
const verdict = { ...approval, method: 'POST', status: 200, body: approvalVerdictBody, evidence: 'documented' } as const;
const readUpdates = { versions: beta, scopes: scopes.readUpdates, workload: 'other' } as const;
const writeUpdates = { versions: beta, scopes: scopes.writeUpdates, workload: 'other' } as const;

/** Recovery keys, Windows updates, approvals and audit: what belongs to the tenant, not to one device. */
export const serviceRows: readonly GraphRow[] = [
  { operation: 'listRecoveryKeys', versions: both, method: 'GET', path: keys, status: 200, scopes: scopes.listKeys, workload: 'other', entity: 'recoveryKey', options: ['$filter', '$top', '$skiptoken'], filterBy: ['deviceId'], source: `${page}/bitlocker-list-recoverykeys?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'getRecoveryKey', versions: both, method: 'GET', path: `${keys}/{keyId}`, status: 200, scopes: scopes.readKeys, workload: 'other', entity: 'recoveryKey', options: objectOptions, source: `${page}/bitlockerrecoverykey-get?view=graph-rest-1.0`, evidence: 'documented' },

  { operation: 'listCatalogEntries', ...readUpdates, method: 'GET', path: `${updates}/catalog/entries`, status: 200, options: [...pagedOptions, '$expand'], expandable: ['microsoft.graph.windowsUpdates.recoveryUpdateCatalogEntry/productRevisions'], filterBy: ['id', 'displayName'], source: `${page}/resources/windowsupdates-recoveryupdatecatalogentry?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'listUpdatePolicies', ...readUpdates, method: 'GET', path: `${updates}/policies`, status: 200, options: pagedOptions, filterBy: ['id', 'displayName'], source: `${page}/resources/windowsupdates-policy?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'createUpdatePolicy', ...writeUpdates, method: 'POST', path: `${updates}/policies`, status: 201, body: updatePolicyBody, source: `${page}/windowsupdates-adminwindowsupdates-post-policies?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'getUpdatePolicy', ...readUpdates, method: 'GET', path: policy, status: 200, source: `${page}/windowsupdates-policy-get?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'updateUpdatePolicy', ...writeUpdates, method: 'PATCH', path: policy, status: 200, body: updatePolicyChange, source: `${page}/windowsupdates-policy-update?view=graph-rest-beta`, evidence: 'inferred' },
  { operation: 'deleteUpdatePolicy', ...writeUpdates, method: 'DELETE', path: policy, status: 204, source: `${page}/windowsupdates-policy-delete?view=graph-rest-beta`, evidence: 'inferred' },
  { operation: 'listPolicyApprovals', ...readUpdates, method: 'GET', path: `${policy}/approvals`, status: 200, options: pagedOptions, source: `${page}/windowsupdates-policy-list-approvals?view=graph-rest-beta`, evidence: 'inferred' },
  { operation: 'createPolicyApproval', ...writeUpdates, method: 'POST', path: `${policy}/approvals`, status: 201, body: policyApprovalBody, source: `${page}/windowsupdates-policy-post-approvals?view=graph-rest-beta`, evidence: 'documented' },

  { operation: 'listApprovalPolicies', ...approval, method: 'GET', path: '/deviceManagement/operationApprovalPolicies', status: 200, options: pagedOptions, source: `${page}/intune-rbac-operationapprovalpolicy-list?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'listApprovalRequests', ...approval, method: 'GET', path: requests, status: 200, entity: 'approvalRequest', options: pagedOptions, filterBy: ['id', 'requestId', 'status'], source: `${page}/resources/intune-rbac-operationapprovalrequest?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'getApprovalRequest', ...approval, method: 'GET', path: `${requests}/{requestId}`, status: 200, entity: 'approvalRequest', options: objectOptions, source: `${page}/intune-rbac-operationapprovalrequest-get?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'approveRequest', ...verdict, path: `${requests}/{requestId}/approve`, source: `${page}/intune-rbac-operationapprovalrequest-approve?view=graph-rest-beta` },
  { operation: 'rejectRequest', ...verdict, path: `${requests}/{requestId}/reject`, source: `${page}/intune-rbac-operationapprovalrequest-reject?view=graph-rest-beta` },
  { operation: 'cancelApproval', ...verdict, path: `${requests}/{requestId}/cancelApproval`, source: `${page}/intune-rbac-operationapprovalrequest-cancelapproval?view=graph-rest-beta` },

  { operation: 'listAuditEvents', versions: both, method: 'GET', path: '/deviceManagement/auditEvents', status: 200, scopes: scopes.readAudit, workload: 'other', entity: 'auditEvent', options: pagedOptions, filterBy: ['id', 'activityDateTime', 'activityType', 'category', 'correlationId'], source: `${page}/intune-auditing-auditevent-list?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'listRemoteActionAudits', versions: beta, method: 'GET', path: '/deviceManagement/remoteActionAudits', status: 200, scopes: scopes.readDevices, workload: 'devices', entity: 'remoteActionAudit', options: pagedOptions, filterBy: ['id', 'managedDeviceId', 'action', 'actionState', 'requestDateTime'], source: `${page}/intune-devices-remoteactionaudit-list?view=graph-rest-beta`, evidence: 'inferred' },
];
