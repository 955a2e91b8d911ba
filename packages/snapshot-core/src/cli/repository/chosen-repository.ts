import { SnapshotError, openRepository, type OpenRepositoryOptions, type Repository, type RepositoryOptions, type RepositoryPlace } from '../../index.ts';
import { printable } from '../output/printable.ts';
import type { VerbContext } from '../verb.ts';

/**
 * The place and surroundings that every call on a repository is given: from `--repo` or the environment.
 *
 * @throws {SnapshotError} `argument/invalid` when no repository was named, or by an address that cannot be one
 */
export async function repositoryOptions({ flags, surroundings, signal }: VerbContext): Promise<RepositoryOptions> {
  return { ...(await placeOf(locationOf(flags, surroundings))), clock: surroundings.clock, signal };
}

/**
 * Opens the repository that was named, with the password or key that was given; where it needs one and none was, it is asked for.
 *
 * @throws {SnapshotError} `argument/invalid`, `repository/not-found`, `repository/key-required`, `repository/wrong-key`, `format/*`, `storage/*`
 */
export function openChosenRepository(context: VerbContext): Promise<Repository> {
  return withCredential(context, openRepository);
}

/** Runs a call that may need a password or key, the same way. */
export async function withCredential<T>(context: VerbContext, call: (options: OpenRepositoryOptions) => Promise<T>): Promise<T> {
  const options = await repositoryOptions(context);
  const given = await context.credentials.given();
  try {
    return await call({ ...options, ...given });
  } catch (error) {
    if (given !== undefined || !SnapshotError.isInstance(error) || error.code !== 'repository/key-required') throw error;
    const asked = await context.credentials.asked(printable(locationOf(context.flags, context.surroundings)));
    if (asked === undefined) throw error;
    return call({ ...options, ...asked });
  }
}

function locationOf({ repo }: VerbContext['flags'], { env }: VerbContext['surroundings']): string {
  const location = repo ?? env['WINRE_SNAPSHOT_REPOSITORY'] ?? '';
  if (location === '') throw new SnapshotError('argument/invalid', 'no repository is named; give --repo LOCATION or set WINRE_SNAPSHOT_REPOSITORY');
  return location;
}

/** A folder, or what starts with `s3:`. A folder of such a name is `./s3:name`. */
async function placeOf(location: string): Promise<RepositoryPlace> {
  if (!location.startsWith('s3:')) return { path: location };
  const { createS3Storage, parseS3Location } = await import('../../storage/s3/index.ts');
  return { storage: createS3Storage(parseS3Location(location)) };
}
