import { parseOrThrow } from '../../errors/parse-or-throw.ts';
import { dialectOf, type CspDialect } from '../csp/csp-dialect.ts';
import { nodeUri } from '../csp/loc-uri.ts';
import type { PasswordEncryptionCodebook } from '../csp/password-encryption-codes.table.ts';
import { recoveryCsp } from '../csp/recovery-csp.table.ts';
import { remoteRemediationCsp } from '../csp/remote-remediation-csp.table.ts';
import type { WindowsBuild } from '../csp/windows-build.ts';
import type { WindowsEdition } from '../csp/windows-editions.table.ts';
import { compileCredentials, compileWifi } from './compile-networks.ts';
import { compileRemediation } from './compile-remediation.ts';
import { compileRestore } from './compile-restore.ts';
import type { CompiledSettings, DesiredGroup, NotExpressed } from './desired-node.ts';
import { recoverySettingsSchema, type RecoverySettings } from './recovery-settings.ts';
import { remediationPaths, restorePaths, wifiPaths } from './setting-paths.table.ts';

/** The device that settings are meant for. */
export interface CompileTarget {
  readonly build: WindowsBuild;
  readonly edition: WindowsEdition;
  /** What the device was found to understand; overrules {@link dialectOf}. */
  readonly dialect?: CspDialect | 'none';
  /** The text that numbers password encryption as this device does. Without it the number is not sent. */
  readonly passwordEncryption?: PasswordEncryptionCodebook;
}

/**
 * Puts settings into the words of one dialect. Pure; the same settings and target always give the same nodes in the same order.
 *
 * Every setting that was asked for is in `groups`, in `notExpressed` with the reason, or in both when a node has it inexactly.
 *
 * @throws {RecoveryError} `invalid-argument` for settings that the schema refuses
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/recovery-csp
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/remoteremediation-ddf-file
 */
export function compileSettings(settings: RecoverySettings, target: CompileTarget): CompiledSettings {
  const wanted = parseOrThrow(recoverySettingsSchema, settings, 'recovery settings');
  const verdict = dialectOf(target.build, target.edition);
  const dialect = target.dialect ?? verdict.dialect;
  if (dialect === 'recovery') return compileForRecovery(wanted, target);
  if (dialect === 'remote-remediation') return compileForRemoteRemediation(wanted, target);
  const shown = target.dialect === 'none' ? ['the device has neither provider'] : [];
  const expected = verdict.dialect === 'none' ? verdict.reasons.map((item) => item.reason) : [];
  const reason = [...shown, ...expected].join('; ');
  return { dialect, groups: [], notExpressed: membersOf(wanted).map((setting) => ({ setting, kind: 'unsupported', reason })), doubts: [], governs: [] };
}

function compileForRecovery({ remediation, restore, networks }: RecoverySettings, { edition }: CompileTarget): CompiledSettings {
  const machine = remediation === undefined ? undefined : compileRemediation(remediation, 'recovery');
  const points = restore === undefined ? undefined : compileRestore(restore, edition);
  const wifi = networks === undefined ? undefined : compileWifi(networks);
  const groups: DesiredGroup[] = [
    { root: nodeUri(recoveryCsp, remediationPaths.recovery.group), isAtomic: true, nodes: machine?.nodes ?? [] },
    { root: nodeUri(recoveryCsp, restorePaths.group), isAtomic: true, nodes: points?.nodes ?? [] },
    { root: nodeUri(recoveryCsp, wifiPaths.group), isAtomic: false, mayBeAbsent: 'Microsoft’s page marks the Wi-Fi nodes as Insider Preview', nodes: wifi?.nodes ?? [] },
  ];
  return {
    dialect: 'recovery',
    groups: groups.filter(({ nodes }) => nodes.length > 0),
    notExpressed: [machine, points, wifi].flatMap((part) => part?.notExpressed ?? []),
    doubts: [points, wifi].flatMap((part) => part?.doubts ?? []),
    governs: wifi?.governs ?? [],
  };
}

function compileForRemoteRemediation({ remediation, restore, networks }: RecoverySettings, { passwordEncryption }: CompileTarget): CompiledSettings {
  const machine = remediation === undefined ? undefined : compileRemediation(remediation, 'remote-remediation');
  const wifi = networks === undefined ? undefined : compileCredentials(networks, remediation?.autoRemediation === true, passwordEncryption);
  const nodes = [...(machine?.nodes ?? []), ...(wifi?.nodes ?? [])];
  const noRestore: NotExpressed = { setting: 'restore', kind: 'unsupported', reason: 'RemoteRemediation has no point-in-time restore; the Recovery provider has it' };
  return {
    dialect: 'remote-remediation',
    groups: nodes.length === 0 ? [] : [{ root: nodeUri(remoteRemediationCsp, remediationPaths['remote-remediation'].group), isAtomic: true, nodes }],
    notExpressed: [...(machine?.notExpressed ?? []), ...(restore === undefined ? [] : [noRestore]), ...(wifi?.notExpressed ?? [])],
    doubts: wifi?.doubts ?? [],
    governs: wifi?.governs ?? [],
  };
}

function membersOf({ remediation, restore, networks = [] }: RecoverySettings): readonly string[] {
  return [...(remediation === undefined ? [] : ['remediation']), ...(restore === undefined ? [] : ['restore']), ...networks.map((_, index) => `networks.${index}`)];
}
