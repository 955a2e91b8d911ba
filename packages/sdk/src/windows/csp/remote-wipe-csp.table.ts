import { actionAccess, readAccess, type CspNode, type CspTable } from './csp-node.ts';
import { factFrom } from './fact-sources.table.ts';

const page = factFrom('RW-CSP', 'P');
const redeployment = 'AutomaticRedeployment';

const action = (path: string, minimumBuild: string, meaning: string, more: Partial<CspNode> = {}): CspNode => ({
  path,
  format: 'chr',
  access: actionAccess,
  minimumBuilds: [minimumBuild],
  meaning,
  source: page,
  ...more,
});

/**
 * RemoteWipe: reinstalling Windows from a running Windows. The Status of an Exec says that it was accepted, never that it was done.
 *
 * None of it reaches a PC that sits in WinRE: the management client is part of the full system (inferred, no text says otherwise).
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/remotewipe-csp
 */
export const remoteWipeCsp: CspTable = {
  root: './Device/Vendor/MSFT/RemoteWipe',
  nodes: [
    { path: '', format: 'node', access: readAccess, meaning: 'Permanent root', source: page },
    action('doWipe', '10.0.10586', 'Removes everything, as “Reset this PC” does. Interrupted, it tries to roll back'),
    action('doWipePersistProvisionedData', '10.0.10586', 'As doWipe, but keeps provisioning packages'),
    action('doWipeProtected', '10.0.15063', 'As doWipe, but keeps trying until it is done and cleans the drive; some devices do not boot afterwards'),
    action('doWipePersistUserData', '10.0.16299', 'Resets Windows and keeps accounts and user data'),
    action('doWipeCloud', '10.0.22621', 'As doWipe, with Windows downloaded'),
    action('doWipeCloudPersistProvisionedData', '10.0.22621', 'As doWipeCloud, but keeps provisioning packages'),
    action('doWipeCloudPersistUserData', '10.0.22621', 'Resets Windows with a download and keeps accounts and user data'),
    { path: redeployment, format: 'node', access: readAccess, minimumBuilds: ['10.0.17763'], meaning: 'Autopilot Reset', source: page },
    action(`${redeployment}/doAutomaticRedeployment`, '10.0.17763', 'Autopilot Reset: keeps Entra join, enrolment, Wi-Fi profiles, region, language and keyboard', {
      doubts: [factFrom('AP-RESET', 'P', 'WinRE must be enabled')],
    }),
    { path: `${redeployment}/LastError`, format: 'int', access: readAccess, minimumBuilds: ['10.0.17763'], meaning: 'Error of the last reset, typically an HRESULT; 0 for none', source: page },
    { path: `${redeployment}/Status`, format: 'int', access: readAccess, minimumBuilds: ['10.0.17763'], meaning: 'State of the last reset', source: page },
  ],
};

/**
 * The actions, by the name of their node.
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/remotewipe-csp
 */
export const wipeActions = [
  'doWipe',
  'doWipePersistProvisionedData',
  'doWipeProtected',
  'doWipePersistUserData',
  'doWipeCloud',
  'doWipeCloudPersistProvisionedData',
  'doWipeCloudPersistUserData',
  'AutomaticRedeployment/doAutomaticRedeployment',
] as const;
export type WipeAction = (typeof wipeActions)[number];

/**
 * Values of `AutomaticRedeployment/Status`.
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/remotewipe-csp
 */
export const redeploymentStates: Readonly<Record<number, { readonly state: 'never-run' | 'complete' | 'pending' | 'failed'; readonly meaning: string }>> = {
  0: { state: 'never-run', meaning: 'no reset was ever started' },
  1: { state: 'complete', meaning: 'the reset is complete' },
  10: { state: 'pending', meaning: 'the reset is scheduled' },
  20: { state: 'pending', meaning: 'the reset is scheduled and waits for a reboot' },
  30: { state: 'failed', meaning: 'it failed when the command was executed' },
  40: { state: 'failed', meaning: 'it failed because the power requirements were not met' },
  50: { state: 'failed', meaning: 'the reset itself failed' },
};
