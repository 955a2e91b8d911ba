import { assignScriptBody } from '../bodies/assignment-body.ts';
import { healthScriptBody, healthScriptChange, platformScriptBody } from '../bodies/script-bodies.ts';
import type { GraphRow } from '../graph-row.ts';
import { objectOptions, pagedOptions } from '../query-options.ts';
import { scopes } from '../scopes.table.ts';

const page = 'https://learn.microsoft.com/en-us/graph/api/intune-devices';
const packages = '/deviceManagement/deviceHealthScripts';
const script = `${packages}/{scriptId}`;
const platform = '/deviceManagement/deviceManagementScripts';
const read = { versions: ['beta'], scopes: scopes.readScripts, workload: 'devices' } as const;
const write = { versions: ['beta'], scopes: scopes.writeScripts, workload: 'devices', protects: 'script' } as const;

/** Script packages (remediations) and platform scripts. */
export const scriptRows: readonly GraphRow[] = [
  { operation: 'listHealthScripts', method: 'GET', path: packages, status: 200, ...read, options: pagedOptions, filterBy: ['id', 'displayName'], source: `${page}-devicehealthscript-list?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'createHealthScript', method: 'POST', path: packages, status: 201, ...write, body: healthScriptBody, source: `${page}-devicehealthscript-create?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'getHealthScript', method: 'GET', path: script, status: 200, ...read, options: objectOptions, source: `${page}-devicehealthscript-get?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'updateHealthScript', method: 'PATCH', path: script, status: 200, ...write, body: healthScriptChange, source: `${page}-devicehealthscript-update?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'deleteHealthScript', method: 'DELETE', path: script, status: 204, ...write, source: `${page}-devicehealthscript-delete?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'assignHealthScript', method: 'POST', path: `${script}/assign`, status: 204, ...write, body: assignScriptBody, source: `${page}-devicehealthscript-assign?view=graph-rest-beta`, evidence: 'inferred' },
  { operation: 'listScriptRunStates', method: 'GET', path: `${script}/deviceRunStates`, status: 200, ...read, options: [...pagedOptions, '$expand'], expandable: ['managedDevice'], source: `${page}-devicehealthscriptdevicestate-list?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'getScriptRunSummary', method: 'GET', path: `${script}/runSummary`, status: 200, ...read, source: `${page}-devicehealthscriptrunsummary-get?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'listPlatformScripts', method: 'GET', path: platform, status: 200, ...read, options: pagedOptions, filterBy: ['id', 'displayName'], source: `${page}-devicemanagementscript-list?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'createPlatformScript', method: 'POST', path: platform, status: 201, ...write, body: platformScriptBody, source: 'https://learn.microsoft.com/en-us/intune/fundamentals/role-based-access-control/multi-admin-approval-graph-api', evidence: 'documented' },
];
