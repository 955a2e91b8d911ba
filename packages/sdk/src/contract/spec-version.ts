import { SpecVersionError } from '../errors/spec-version-error.ts';

/** The version of the contract this SDK speaks; independent of npm versions. */
export const specVersion = 'v1';

/** Spec versions this SDK's host can drive, newest first. */
export const supportedSpecVersions: readonly string[] = [specVersion];

/**
 * The highest version both sides speak.
 * @throws {SpecVersionError} when there is none
 */
export function negotiateSpecVersion(pluginId: string, pluginVersions: readonly string[], hostVersions: readonly string[] = supportedSpecVersions): string {
  const common = hostVersions.filter((version) => pluginVersions.includes(version));
  common.sort((a, b) => Number(b.slice(1)) - Number(a.slice(1)));
  const [highest] = common;
  if (highest === undefined) throw new SpecVersionError(pluginId, hostVersions, pluginVersions);
  return highest;
}
