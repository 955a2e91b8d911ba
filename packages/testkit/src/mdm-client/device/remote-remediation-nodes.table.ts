import type { NodeDefinition } from './node-definition.ts';

const root = './Vendor/MSFT/RemoteRemediation';
const settings = `${root}/CloudRemediationSettings`;
const automatic = `${settings}/AutoRemediationSettings`;
const credentials = `${settings}/NetworkSettings/NetworkCredentials`;
const all = ['Add', 'Delete', 'Get', 'Replace'] as const;
// The published file names a placeholder build; Quick Machine Recovery itself came with this one.
const minimumBuilds = ['26100.4700'];

/** Which numbers NetworkPasswordEncryptionType takes: Microsoft's definition file and its how-to page contradict each other. */
export type PasswordEncryptionCodes = 'definition-file' | 'how-to';

/**
 * The RemoteRemediation CSP, dialect of 2025.
 *
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/remoteremediation-ddf-file
 */
export function remoteRemediationNodes(codes: PasswordEncryptionCodes): readonly NodeDefinition[] {
  const needsTrue = `${automatic}/EnableAutoRemediation`;
  return [
    { path: root, format: 'node', access: ['Get'], isPermanent: true, minimumBuilds },
    { path: settings, format: 'node', access: all, isAtomicRequired: true, minimumBuilds },
    { path: `${settings}/EnableCloudRemediation`, format: 'bool', access: all, minimumBuilds },
    { path: automatic, format: 'node', access: all, minimumBuilds },
    { path: `${automatic}/EnableAutoRemediation`, format: 'bool', access: all, needsTrue: `${settings}/EnableCloudRemediation`, minimumBuilds },
    { path: `${automatic}/SetTimeToReboot`, format: 'int', access: all, range: [1, 4320], needsTrue, minimumBuilds },
    { path: `${automatic}/SetRetryInterval`, format: 'int', access: all, range: [1, 4320], needsTrue, notAbove: `${automatic}/SetTimeToReboot`, minimumBuilds },
    { path: `${settings}/NetworkSettings`, format: 'node', access: all, minimumBuilds },
    { path: credentials, format: 'node', access: all, minimumBuilds },
    { path: `${credentials}/NetworkSSID`, format: 'chr', access: all, needsTrue, minimumBuilds },
    { path: `${credentials}/NetworkPassword`, format: 'chr', access: all, needsTrue, minimumBuilds },
    { path: `${credentials}/NetworkPasswordEncryptionType`, format: 'int', access: all, range: codes === 'how-to' ? [0, 2] : [1, 3], needsTrue, minimumBuilds },
    { path: `${credentials}/NetworkPasswordEncryptionStore`, format: 'chr', access: all, needsTrue, minimumBuilds },
  ];
}
