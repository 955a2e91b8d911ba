import { RecoveryError } from '@winre-kit/sdk';

/** Build and update revision, as in 26100.8737. */
export interface WindowsBuild {
  readonly build: number;
  readonly revision: number;
}

/**
 * Reads `10.0.26100.8737` or `26100.8737`; a revision that is left out is 0.
 *
 * @throws {RecoveryError} `invalid-argument`
 */
export function parseWindowsBuild(text: string): WindowsBuild {
  const parts = /^(?:10\.0\.)?([0-9]{4,6})(?:\.([0-9]{1,6}))?$/.exec(text);
  if (!parts) throw new RecoveryError('invalid-argument', `build: expected a form such as 10.0.26100.8737, got ${text}`, { fieldPath: 'build' });
  return { build: Number(parts[1]), revision: Number(parts[2] ?? 0) };
}

/**
 * Whether a build has what came with one of the listed ones: the same build with that revision or a later one, or a build newer than all of them.
 * Servicing branches get a feature at different revisions, so a list has one row a branch.
 */
export function hasArrivedIn(device: WindowsBuild, minimumBuilds: readonly string[]): boolean {
  const minimums = minimumBuilds.map(parseWindowsBuild);
  const sameBranch = minimums.find(({ build }) => build === device.build);
  if (sameBranch) return device.revision >= sameBranch.revision;
  return minimums.every(({ build }) => device.build > build);
}
