import { RecoveryError } from '../../errors/recovery-error.ts';

/** Build and revision of Windows, such as 26100 and 8737. */
export interface WindowsBuild {
  readonly build: number;
  /** The number behind the point, raised by each cumulative update. 0 where the text has none. */
  readonly revision: number;
}

/**
 * Reads `10.0.26100.8737`, as `./DevDetail/SwV` has it, and the short forms `26100.8737` and `10.0.22621`.
 *
 * @throws {RecoveryError} `invalid-argument` for anything else
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/devdetail-csp
 */
export function parseWindowsBuild(text: string): WindowsBuild {
  const parts = /^(?:10\.0\.)?(?<build>[1-9]\d{4})(?:\.(?<revision>0|[1-9]\d{0,5}))?$/.exec(text)?.groups;
  if (parts === undefined) {
    throw new RecoveryError('invalid-argument', 'Windows build: expected the form 10.0.26100.8737 or 26100.8737', { fieldPath: 'build' });
  }
  return { build: Number(parts['build']), revision: Number(parts['revision'] ?? 0) };
}

/**
 * Below zero when `left` is older. Revisions of different builds are compared only after the builds.
 *
 * Our own rule: each release line counts its revisions by itself, so no page orders builds of two lines.
 */
export function compareWindowsBuilds(left: WindowsBuild, right: WindowsBuild): number {
  return left.build - right.build || left.revision - right.revision;
}

/**
 * The short form, such as `26100.8737`: the last two parts of what `./DevDetail/SwV` says.
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/devdetail-csp
 */
export function formatWindowsBuild({ build, revision }: WindowsBuild): string {
  return `${build}.${revision}`;
}

/**
 * Whether a build has what came with `minimumBuilds`, one for each release line: the build must reach the minimum of its own line.
 * A line newer than all of them has it; one between two of them, or older, has not.
 *
 * Our own rule: pages list minimum builds and say nothing of lines that are not listed; what a device answers overrules it.
 */
export function hasMinimumBuild(build: WindowsBuild, minimumBuilds: readonly string[]): boolean {
  const minimums = minimumBuilds.map(parseWindowsBuild);
  const own = minimums.find((minimum) => minimum.build === build.build);
  return own === undefined ? minimums.every((minimum) => build.build > minimum.build) : build.revision >= own.revision;
}
