import { assignUserBody, autopilotPropertiesBody } from '../bodies/autopilot-bodies.ts';
import type { GraphRow } from '../graph-row.ts';
import { objectOptions, pagedOptions } from '../query-options.ts';
import { scopes } from '../scopes.table.ts';

const both = ['v1.0', 'beta'] as const;
const page = 'https://learn.microsoft.com/en-us/graph/api/intune-enrollment-windowsautopilotdeviceidentity';
const identities = '/deviceManagement/windowsAutopilotDeviceIdentities';
const identity = `${identities}/{identityId}`;

/** Autopilot identities, and how devices are enrolled. */
export const enrolmentRows: readonly GraphRow[] = [
  { operation: 'listAutopilotIdentities', versions: both, method: 'GET', path: identities, status: 200, scopes: scopes.readServiceConfig, workload: 'other', entity: 'autopilotIdentity', options: pagedOptions, filterBy: ['id', 'serialNumber', 'groupTag', 'managedDeviceId'], source: `${page}-list?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'getAutopilotIdentity', versions: both, method: 'GET', path: identity, status: 200, scopes: scopes.readServiceConfig, workload: 'other', entity: 'autopilotIdentity', options: objectOptions, source: `${page}-get?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'deleteAutopilotIdentity', versions: both, method: 'DELETE', path: identity, status: 204, scopes: scopes.writeServiceConfig, workload: 'other', source: `${page}-delete?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'updateAutopilotProperties', versions: both, method: 'POST', path: `${identity}/updateDeviceProperties`, status: 204, scopes: scopes.writeServiceConfig, workload: 'other', body: autopilotPropertiesBody, source: `${page}-updatedeviceproperties?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'assignAutopilotUser', versions: both, method: 'POST', path: `${identity}/assignUserToDevice`, status: 204, scopes: scopes.writeServiceConfig, workload: 'other', body: assignUserBody, source: `${page}-assignusertodevice?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'unassignAutopilotUser', versions: both, method: 'POST', path: `${identity}/unassignUserFromDevice`, status: 204, scopes: scopes.writeServiceConfig, workload: 'other', source: `${page}-unassignuserfromdevice?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'listEnrolmentConfigurations', versions: ['beta'], method: 'GET', path: '/deviceManagement/deviceEnrollmentConfigurations', status: 200, scopes: scopes.readServiceConfig, workload: 'other', options: pagedOptions, filterBy: ['deviceEnrollmentConfigurationType'], source: 'https://learn.microsoft.com/en-us/graph/api/resources/intune-onboarding-windowsrestoredeviceenrollmentconfiguration?view=graph-rest-beta', evidence: 'inferred' },
];
