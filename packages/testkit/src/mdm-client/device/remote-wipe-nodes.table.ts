import type { NodeDefinition } from './node-definition.ts';

const root = './Vendor/MSFT/RemoteWipe';
const automatic = `${root}/AutomaticRedeployment`;

/**
 * The RemoteWipe CSP: ways to reset the device, each from its own build on.
 *
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/remotewipe-csp
 */
export const remoteWipeNodes: readonly NodeDefinition[] = [
  { path: root, format: 'node', access: ['Get'], isPermanent: true, minimumBuilds: ['10586'] },
  { path: `${root}/doWipe`, format: 'chr', access: ['Exec'], isPermanent: true, minimumBuilds: ['10586'] },
  { path: `${root}/doWipePersistProvisionedData`, format: 'chr', access: ['Exec'], isPermanent: true, minimumBuilds: ['10586'] },
  { path: `${root}/doWipePersistUserData`, format: 'chr', access: ['Exec'], isPermanent: true, minimumBuilds: ['16299'] },
  { path: `${root}/doWipeProtected`, format: 'chr', access: ['Exec'], isPermanent: true, minimumBuilds: ['15063'] },
  { path: `${root}/doWipeCloud`, format: 'chr', access: ['Exec'], isPermanent: true, minimumBuilds: ['22621'] },
  { path: `${root}/doWipeCloudPersistUserData`, format: 'chr', access: ['Exec'], isPermanent: true, minimumBuilds: ['22621'] },
  { path: `${root}/doWipeCloudPersistProvisionedData`, format: 'chr', access: ['Exec'], isPermanent: true, minimumBuilds: ['22621'] },
  { path: automatic, format: 'node', access: ['Get'], isPermanent: true, minimumBuilds: ['17763'] },
  { path: `${automatic}/doAutomaticRedeployment`, format: 'chr', access: ['Exec'], isPermanent: true, minimumBuilds: ['17763'] },
  { path: `${automatic}/LastError`, format: 'int', access: ['Get'], isPermanent: true, minimumBuilds: ['17763'] },
  { path: `${automatic}/Status`, format: 'int', access: ['Get'], isPermanent: true, minimumBuilds: ['17763'] },
];
