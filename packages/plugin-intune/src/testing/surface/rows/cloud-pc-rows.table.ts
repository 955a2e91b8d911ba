import { bulkActionBody, reprovisionBody, restoreCloudPcBody, userSettingBody, userSettingChange } from '../bodies/cloud-pc-bodies.ts';
import type { GraphRow } from '../graph-row.ts';
import { objectOptions, pagedOptions } from '../query-options.ts';
import { scopes } from '../scopes.table.ts';

const both = ['v1.0', 'beta'] as const;
const page = 'https://learn.microsoft.com/en-us/graph/api';
const root = '/deviceManagement/virtualEndpoint';
const cloudPcs = `${root}/cloudPCs`;
const cloudPc = `${cloudPcs}/{cloudPcId}`;

/** Windows 365: Cloud PCs, their restore points, and what can be asked of them. */
export const cloudPcRows: readonly GraphRow[] = [
  { operation: 'listCloudPcs', versions: both, method: 'GET', path: cloudPcs, status: 200, scopes: scopes.readCloudPcs, workload: 'other', entity: 'cloudPc', options: pagedOptions, filterBy: ['id', 'managedDeviceId', 'displayName', 'status'], source: `${page}/virtualendpoint-list-cloudpcs?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'getCloudPc', versions: both, method: 'GET', path: cloudPc, status: 200, scopes: scopes.readCloudPcs, workload: 'other', entity: 'cloudPc', options: objectOptions, source: `${page}/cloudpc-get?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'retrieveSnapshots', versions: ['beta'], method: 'GET', path: `${cloudPc}/retrieveSnapshots`, status: 200, scopes: scopes.writeCloudPcs, workload: 'other', entity: 'cloudPcSnapshot', source: `${page}/cloudpc-retrievesnapshots?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'createSnapshot', versions: ['beta'], method: 'POST', path: `${cloudPc}/createSnapshot`, status: 204, scopes: scopes.writeCloudPcs, workload: 'other', source: `${page}/cloudpc-createsnapshot?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'restoreCloudPc', versions: both, method: 'POST', path: `${cloudPc}/restore`, status: 204, scopes: scopes.writeCloudPcs, workload: 'other', body: restoreCloudPcBody, source: `${page}/cloudpc-restore?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'reprovisionCloudPc', versions: both, method: 'POST', path: `${cloudPc}/reprovision`, status: 204, scopes: scopes.writeCloudPcs, workload: 'other', body: reprovisionBody, source: `${page}/cloudpc-reprovision?view=graph-rest-1.0`, evidence: 'inferred' },
  { operation: 'rebootCloudPc', versions: both, method: 'POST', path: `${cloudPc}/reboot`, status: 204, scopes: scopes.writeCloudPcs, workload: 'other', source: `${page}/cloudpc-reboot?view=graph-rest-1.0`, evidence: 'inferred' },
  { operation: 'createBulkAction', versions: ['beta'], method: 'POST', path: `${root}/bulkActions`, status: 201, scopes: scopes.writeCloudPcs, workload: 'other', body: bulkActionBody, source: `${page}/virtualendpoint-post-bulkactions?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'getBulkAction', versions: ['beta'], method: 'GET', path: `${root}/bulkActions/{bulkActionId}`, status: 200, scopes: scopes.readCloudPcs, workload: 'other', source: `${page}/cloudpcbulkaction-get?view=graph-rest-beta`, evidence: 'inferred' },
  { operation: 'listUserSettings', versions: both, method: 'GET', path: `${root}/userSettings`, status: 200, scopes: scopes.readCloudPcs, workload: 'other', options: pagedOptions, source: `${page}/virtualendpoint-list-usersettings?view=graph-rest-1.0`, evidence: 'inferred' },
  { operation: 'createUserSetting', versions: both, method: 'POST', path: `${root}/userSettings`, status: 201, scopes: scopes.writeCloudPcs, workload: 'other', body: userSettingBody, source: `${page}/virtualendpoint-post-usersettings?view=graph-rest-1.0`, evidence: 'inferred' },
  { operation: 'updateUserSetting', versions: both, method: 'PATCH', path: `${root}/userSettings/{userSettingId}`, status: 204, scopes: scopes.writeCloudPcs, workload: 'other', body: userSettingChange, source: `${page}/cloudpcusersetting-update?view=graph-rest-1.0`, evidence: 'inferred' },
];
