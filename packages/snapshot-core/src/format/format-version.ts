import { SnapshotError } from '../errors/snapshot-error.ts';

/** Version of the repository format this release reads and writes; every file carries it. */
export const formatVersion = 1;

/** Refuses a version other than ours, by name. @throws {SnapshotError} `format/unsupported` */
export function requireFormatVersion(found: number, what: string): void {
  if (found !== formatVersion)
    throw new SnapshotError('format/unsupported', `${what} has format version ${found}; this release knows version ${formatVersion}. Use a release that knows it`);
}

/** Refuses a name that is not in `known`, by name. @throws {SnapshotError} `format/unsupported` */
export function requireKnown<T extends string>(found: string, known: readonly T[], what: string): T {
  const match = known.find((name) => name === found);
  if (match === undefined) throw new SnapshotError('format/unsupported', `${what} "${found}" is unknown to this release; it knows ${known.join(', ')}`);
  return match;
}
