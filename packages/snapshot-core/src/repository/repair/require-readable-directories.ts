import { SnapshotError } from '../../errors/snapshot-error.ts';
import type { RepositoryState } from '../repository-state.ts';

/**
 * Makes sure that nothing was taken for lost because the directory of a pack could not be read for once: look-ups pass over such a pack.
 *
 * @throws {SnapshotError} `storage/failed`
 */
export function requireReadableDirectories({ objects, storage }: Pick<RepositoryState, 'objects' | 'storage'>): void {
  const [pack] = objects.index.unreadablePacks;
  if (pack) throw new SnapshotError('storage/failed', `the directory of the pack ${pack.name} in ${storage.description} could be read before and cannot any more, so nothing was given up; copy the repository to a sound disk and repair it there`);
}
