import { SnapshotError, openRepository, type OpenRepositoryOptions, type Repository, type RepositoryPlace } from '../../index.ts';
import type { VerbContext } from '../verb.ts';

/**
 * What every call that opens a repository is given: the place from `--repo` or the environment, the lent clock, the signal.
 *
 * @throws {SnapshotError} `argument/invalid` when no repository was named, or by an address that cannot be one
 */
export async function repositoryOptions({ flags, surroundings, signal }: VerbContext): Promise<OpenRepositoryOptions> {
  const location = flags.repo ?? surroundings.env['WINRE_SNAPSHOT_REPOSITORY'] ?? '';
  if (location === '') throw new SnapshotError('argument/invalid', 'no repository is named; give --repo LOCATION or set WINRE_SNAPSHOT_REPOSITORY');
  return { ...(await placeOf(location)), clock: surroundings.clock, signal };
}

/** Opens the repository that was named. @throws {SnapshotError} `argument/invalid`, `repository/not-found`, `format/*`, `storage/*` */
export async function openChosenRepository(context: VerbContext): Promise<Repository> {
  return openRepository(await repositoryOptions(context));
}

/** A folder, or what starts with `s3:`. A folder of such a name is `./s3:name`. */
async function placeOf(location: string): Promise<RepositoryPlace> {
  if (!location.startsWith('s3:')) return { path: location };
  const { createS3Storage, parseS3Location } = await import('../../storage/s3/index.ts');
  return { storage: createS3Storage(parseS3Location(location)) };
}
