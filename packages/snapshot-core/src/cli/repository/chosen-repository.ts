import { SnapshotError, openRepository, type OpenRepositoryOptions, type Repository } from '../../index.ts';
import type { VerbContext } from '../verb.ts';

/**
 * What every call that opens a repository is given: the place from `--repo` or the environment, the lent clock, the signal.
 *
 * @throws {SnapshotError} `argument/invalid` when no repository was named
 */
export function repositoryOptions({ flags, surroundings, signal }: VerbContext): OpenRepositoryOptions {
  const place = flags.repo ?? surroundings.env['WINRE_SNAPSHOT_REPOSITORY'] ?? '';
  if (place === '') throw new SnapshotError('argument/invalid', 'no repository is named; give --repo LOCATION or set WINRE_SNAPSHOT_REPOSITORY');
  return { path: place, clock: surroundings.clock, signal };
}

/** Opens the repository that was named. @throws {SnapshotError} `argument/invalid`, `repository/not-found`, `format/*`, `storage/*` */
export function openChosenRepository(context: VerbContext): Promise<Repository> {
  return openRepository(repositoryOptions(context));
}
