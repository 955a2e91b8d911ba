import { readAccess, settingAccess, type CspNode, type CspTable } from './csp-node.ts';
import { factFrom } from './fact-sources.table.ts';

const cloud = 'CloudRemediationSettings';
const auto = `${cloud}/AutoRemediationSettings`;
const credentials = `${cloud}/NetworkSettings/NetworkCredentials`;

const ddf = factFrom('RR-DDF', 'P');
const enableAuto = { path: `${auto}/EnableAutoRemediation`, value: 'true' } as const;
const doubledSlash = factFrom('RR-DDF', 'P', 'the dependency address has a doubled slash in the DDF; the node without it is meant');

const credential = (name: string, meaning: string, more: Partial<CspNode> = {}): CspNode => ({
  path: `${credentials}/${name}`,
  format: 'chr',
  access: settingAccess,
  dependsOn: enableAuto,
  meaning,
  source: ddf,
  ...more,
});

/**
 * RemoteRemediation, the 2025 dialect: Quick Machine Recovery with one Wi-Fi network.
 *
 * The DDF gives a placeholder instead of a build (99.9.99999), so no row has a minimum build; see {@link dialectOf} for the build from which it is tried.
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/remoteremediation-ddf-file
 */
export const remoteRemediationCsp: CspTable = {
  root: './Device/Vendor/MSFT/RemoteRemediation',
  nodes: [
    { path: '', format: 'node', access: readAccess, meaning: 'Permanent root', source: ddf },
    { path: cloud, format: 'node', access: settingAccess, isAtomicRequired: true, meaning: 'Delete resets every cloud remediation setting', source: ddf },
    {
      path: `${cloud}/EnableCloudRemediation`,
      format: 'bool',
      access: settingAccess,
      meaning: 'Whether WinRE may ask Windows Update for a remediation; off means local Startup Repair',
      source: ddf,
    },
    { path: auto, format: 'node', access: settingAccess, meaning: 'Delete resets the auto remediation settings', source: ddf },
    {
      path: enableAuto.path,
      format: 'bool',
      access: settingAccess,
      dependsOn: { path: `${cloud}/EnableCloudRemediation`, value: 'true' },
      meaning: 'Whether WinRE tries again by itself; off means that a person has to act',
      source: ddf,
    },
    {
      path: `${auto}/SetTimeToReboot`,
      format: 'int',
      access: settingAccess,
      range: { min: 1, max: 4_320 },
      unit: 'minutes',
      dependsOn: enableAuto,
      meaning: 'How long WinRE tries before it reboots; 180 unless set',
      source: ddf,
      doubts: [factFrom('QMR-DOC', 'P', 'gives the default, 180'), factFrom('RR-DDF', 'P', 'writes the range with a dash, [1-4320], where others have a comma')],
    },
    {
      path: `${auto}/SetRetryInterval`,
      format: 'int',
      access: settingAccess,
      range: { min: 1, max: 4_320 },
      unit: 'minutes',
      dependsOn: enableAuto,
      notAbove: `${auto}/SetTimeToReboot`,
      meaning: 'Time between two tries; 30 unless set',
      source: ddf,
      doubts: [factFrom('QMR-DOC', 'P', 'gives the default, 30')],
    },
    { path: `${cloud}/NetworkSettings`, format: 'node', access: settingAccess, meaning: 'Interior', source: ddf },
    { path: credentials, format: 'node', access: settingAccess, meaning: 'The one Wi-Fi network that WinRE tries', source: ddf },
    credential('NetworkSSID', 'Name of the network', { doubts: [factFrom('RR-DDF', 'P', 'the group of the dependency is called EnableCloudRemediation, its address is EnableAutoRemediation; the address is taken')] }),
    credential('NetworkPassword', 'Password of the network', { isSecret: true }),
    credential('NetworkPasswordEncryptionType', 'How the password is encrypted; two texts disagree on the numbers', {
      format: 'int',
      range: { min: 0, max: 3 },
      doubts: [doubledSlash, factFrom('QMR-DOC', 'P', 'says 0 to 2 where the DDF says 1 to 3')],
    }),
    credential('NetworkPasswordEncryptionStore', 'Certificate store, for a custom certificate only', { doubts: [doubledSlash] }),
  ],
};
