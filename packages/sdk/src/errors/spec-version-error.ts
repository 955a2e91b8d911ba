import { RecoveryError } from './recovery-error.ts';

/** Host and plug-in share no spec version. The message is computed from both live lists and says which side to upgrade. */
export class SpecVersionError extends RecoveryError {
  override readonly name = 'SpecVersionError';
  readonly hostVersions: readonly string[];
  readonly pluginVersions: readonly string[];

  constructor(pluginId: string, hostVersions: readonly string[], pluginVersions: readonly string[]) {
    const newest = (versions: readonly string[]): number => Math.max(0, ...versions.map((version) => Number(version.slice(1)) || 0));
    const upgrade = newest(pluginVersions) > newest(hostVersions) ? 'upgrade the host' : `upgrade the plug-in ${pluginId}`;
    super(
      'spec-version-mismatch',
      `plug-in ${pluginId} speaks spec ${pluginVersions.join(', ') || 'none'}; the host speaks ${hostVersions.join(', ') || 'none'}: ${upgrade}`,
      { facts: { hostVersions, pluginVersions } },
    );
    this.hostVersions = hostVersions;
    this.pluginVersions = pluginVersions;
  }
}
