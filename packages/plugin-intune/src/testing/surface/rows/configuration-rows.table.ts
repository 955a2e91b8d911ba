import { assignBody } from '../bodies/assignment-body.ts';
import { configurationPolicyBody } from '../bodies/catalog-bodies.ts';
import { betaCustomConfigurationBody, betaCustomConfigurationChange, customConfigurationBody, customConfigurationChange } from '../bodies/custom-configuration-body.ts';
import type { GraphRow } from '../graph-row.ts';
import { objectOptions, pagedOptions } from '../query-options.ts';
import { scopes } from '../scopes.table.ts';

const both = ['v1.0', 'beta'] as const;
const page = 'https://learn.microsoft.com/en-us/graph/api/intune';
const custom = `${page}-deviceconfig-windows10customconfiguration`;
const configurations = '/deviceManagement/deviceConfigurations';
const configuration = `${configurations}/{configurationId}`;
const policies = '/deviceManagement/configurationPolicies';
const policy = `${policies}/{policyId}`;
const read = { scopes: scopes.readConfiguration, workload: 'other' } as const;
const write = { scopes: scopes.writeConfiguration, workload: 'other' } as const;
const readCatalog = { scopes: scopes.readConfiguration, workload: 'settings', versions: ['beta'] } as const;
const writeCatalog = { scopes: scopes.writeConfiguration, workload: 'settings', versions: ['beta'], protects: 'configurationPolicy' } as const;

/** Custom profiles (not named among what approval protects) and the settings catalog. */
export const configurationRows: readonly GraphRow[] = [
  { operation: 'listConfigurations', versions: both, method: 'GET', path: configurations, status: 200, ...read, options: pagedOptions, filterBy: ['id', 'displayName'], source: `${page}-deviceconfig-deviceconfiguration-list?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'createConfiguration', versions: ['v1.0'], method: 'POST', path: configurations, status: 201, ...write, body: customConfigurationBody, source: `${custom}-create?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'createConfiguration', versions: ['beta'], method: 'POST', path: configurations, status: 201, ...write, body: betaCustomConfigurationBody, source: `${custom}-create?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'getConfiguration', versions: both, method: 'GET', path: configuration, status: 200, ...read, options: objectOptions, source: `${custom}-get?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'updateConfiguration', versions: ['v1.0'], method: 'PATCH', path: configuration, status: 200, ...write, body: customConfigurationChange, source: `${custom}-update?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'updateConfiguration', versions: ['beta'], method: 'PATCH', path: configuration, status: 200, ...write, body: betaCustomConfigurationChange, source: `${custom}-update?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'deleteConfiguration', versions: both, method: 'DELETE', path: configuration, status: 204, ...write, source: `${custom}-delete?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'assignConfiguration', versions: both, method: 'POST', path: `${configuration}/assign`, status: 200, ...write, body: assignBody, source: `${page}-deviceconfig-deviceconfiguration-assign?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'listConfigurationAssignments', versions: both, method: 'GET', path: `${configuration}/assignments`, status: 200, ...read, source: `${page}-deviceconfig-deviceconfigurationassignment-list?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'listConfigurationStatuses', versions: both, method: 'GET', path: `${configuration}/deviceStatuses`, status: 200, ...read, options: pagedOptions, source: `${page}-deviceconfig-deviceconfigurationdevicestatus-list?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'getConfigurationOverview', versions: both, method: 'GET', path: `${configuration}/deviceStatusOverview`, status: 200, ...read, source: `${page}-deviceconfig-deviceconfigurationdeviceoverview-get?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'readOmaSecret', versions: both, method: 'GET', path: `${configuration}/getOmaSettingPlainTextValue(secretReferenceValueId='{secretId}')`, status: 200, ...read, source: `${page}-deviceconfig-deviceconfiguration-getomasettingplaintextvalue?view=graph-rest-1.0`, evidence: 'inferred' },
  { operation: 'listSettingDefinitions', method: 'GET', path: '/deviceManagement/configurationSettings', status: 200, ...readCatalog, options: pagedOptions, filterBy: ['id', 'name', 'baseUri', 'offsetUri', 'rootDefinitionId'], source: `${page}-deviceconfigv2-devicemanagementconfigurationsettingdefinition-list?view=graph-rest-beta`, evidence: 'inferred' },
  { operation: 'listConfigurationPolicies', method: 'GET', path: policies, status: 200, ...readCatalog, options: pagedOptions, filterBy: ['id', 'name', 'technologies'], source: `${page}-deviceconfigv2-devicemanagementconfigurationpolicy-list?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'createConfigurationPolicy', method: 'POST', path: policies, status: 201, ...writeCatalog, body: configurationPolicyBody, source: `${page}-deviceconfigv2-devicemanagementconfigurationpolicy-create?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'getConfigurationPolicy', method: 'GET', path: policy, status: 200, ...readCatalog, options: objectOptions, source: `${page}-deviceconfigv2-devicemanagementconfigurationpolicy-get?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'deleteConfigurationPolicy', method: 'DELETE', path: policy, status: 204, ...writeCatalog, source: `${page}-deviceconfigv2-devicemanagementconfigurationpolicy-delete?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'assignConfigurationPolicy', method: 'POST', path: `${policy}/assign`, status: 200, ...writeCatalog, body: assignBody, source: `${page}-deviceconfigv2-devicemanagementconfigurationpolicy-assign?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'listPolicyAssignments', method: 'GET', path: `${policy}/assignments`, status: 200, ...readCatalog, source: `${page}-deviceconfigv2-devicemanagementconfigurationpolicyassignment-list?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'listPolicySettings', method: 'GET', path: `${policy}/settings`, status: 200, ...readCatalog, options: pagedOptions, source: `${page}-deviceconfigv2-devicemanagementconfigurationsetting-list?view=graph-rest-beta`, evidence: 'documented' },
];
