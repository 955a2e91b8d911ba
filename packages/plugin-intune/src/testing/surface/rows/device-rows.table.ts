import { betaWipeBody, cleanBody, executeActionBody, runRemediationBody, wipeBody } from '../bodies/device-action-bodies.ts';
import type { GraphRow } from '../graph-row.ts';
import { objectOptions, pagedOptions } from '../query-options.ts';
import { scopes } from '../scopes.table.ts';

const both = ['v1.0', 'beta'] as const;
const page = 'https://learn.microsoft.com/en-us/graph/api/intune-devices-manageddevice';
const devices = '/deviceManagement/managedDevices';
const device = `${devices}/{deviceId}`;

/** Managed devices and what can be asked of them. */
export const deviceRows: readonly GraphRow[] = [
  { operation: 'listManagedDevices', versions: both, method: 'GET', path: devices, status: 200, scopes: scopes.readDevices, workload: 'devices', entity: 'managedDevice', options: pagedOptions, filterBy: ['id', 'deviceName', 'operatingSystem', 'serialNumber', 'azureADDeviceId', 'userPrincipalName', 'enrolledDateTime', 'lastSyncDateTime', 'managementState'], source: `${page}-list?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'getManagedDevice', versions: both, method: 'GET', path: device, status: 200, scopes: scopes.readDevices, workload: 'devices', entity: 'managedDevice', options: objectOptions, source: `${page}-get?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'deleteManagedDevice', versions: both, method: 'DELETE', path: device, status: 204, scopes: scopes.writeDevices, workload: 'devices', protects: 'deviceDelete', source: `${page}-delete?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'syncDevice', versions: both, method: 'POST', path: `${device}/syncDevice`, status: 204, scopes: scopes.actOnDevices, workload: 'devices', source: `${page}-syncdevice?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'rebootNow', versions: both, method: 'POST', path: `${device}/rebootNow`, status: 204, scopes: scopes.actOnDevices, workload: 'devices', source: `${page}-rebootnow?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'wipe', versions: ['v1.0'], method: 'POST', path: `${device}/wipe`, status: 204, scopes: scopes.wipeDevices, workload: 'devices', body: wipeBody, protects: 'deviceWipe', source: `${page}-wipe?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'wipe', versions: ['beta'], method: 'POST', path: `${device}/wipe`, status: 204, scopes: scopes.wipeDevices, workload: 'devices', body: betaWipeBody, protects: 'deviceWipe', source: `${page}-wipe?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'cleanWindowsDevice', versions: both, method: 'POST', path: `${device}/cleanWindowsDevice`, status: 204, scopes: scopes.actOnDevices, workload: 'devices', body: cleanBody, source: `${page}-cleanwindowsdevice?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'retire', versions: both, method: 'POST', path: `${device}/retire`, status: 204, scopes: scopes.actOnDevices, workload: 'devices', protects: 'deviceRetire', source: `${page}-retire?view=graph-rest-1.0`, evidence: 'documented' },
  { operation: 'rotateBitLockerKeys', versions: ['beta'], method: 'POST', path: `${device}/rotateBitLockerKeys`, status: 204, scopes: scopes.writeDevices, workload: 'devices', source: `${page}-rotatebitlockerkeys?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'executeAction', versions: ['beta'], method: 'POST', path: `${devices}/executeAction`, status: 200, scopes: scopes.actOnDevices, workload: 'devices', body: executeActionBody, source: `${page}-executeaction?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'initiateOnDemandProactiveRemediation', versions: ['beta'], method: 'POST', path: `${device}/initiateOnDemandProactiveRemediation`, status: 204, scopes: scopes.runRemediation, workload: 'devices', body: runRemediationBody, source: `${page}-initiateondemandproactiveremediation?view=graph-rest-beta`, evidence: 'documented' },
  { operation: 'listDeviceScriptStates', versions: ['beta'], method: 'GET', path: `${device}/deviceHealthScriptStates`, status: 200, scopes: scopes.readScripts, workload: 'devices', options: pagedOptions, source: 'https://learn.microsoft.com/en-us/graph/api/intune-devices-devicehealthscriptpolicystate-list?view=graph-rest-beta', evidence: 'inferred' },
  { operation: 'listEncryptionStates', versions: ['beta'], method: 'GET', path: '/deviceManagement/managedDeviceEncryptionStates', status: 200, scopes: scopes.readConfiguration, workload: 'other', entity: 'encryptionState', options: pagedOptions, filterBy: ['id', 'deviceName', 'encryptionState'], source: 'https://learn.microsoft.com/en-us/graph/api/intune-deviceconfig-manageddeviceencryptionstate-list?view=graph-rest-beta', evidence: 'inferred' },
  { operation: 'getEncryptionState', versions: ['beta'], method: 'GET', path: '/deviceManagement/managedDeviceEncryptionStates/{deviceId}', status: 200, scopes: scopes.readConfiguration, workload: 'other', entity: 'encryptionState', options: objectOptions, source: 'https://learn.microsoft.com/en-us/graph/api/intune-deviceconfig-manageddeviceencryptionstate-get?view=graph-rest-beta', evidence: 'inferred' },
];
