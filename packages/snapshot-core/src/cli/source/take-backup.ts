import { SnapshotError, takeSnapshot, type TakenSnapshot } from '../../index.ts';
import { leaseOf } from '../global-flags.ts';
import { openChosenRepository } from '../repository/chosen-repository.ts';
import type { VerbContext } from '../verb.ts';
import type { BackupFlags } from './backup-flags.ts';
import { findParent } from './find-parent.ts';
import { openSource, type SourceFlags } from './open-source.ts';

/** How to take one snapshot. */
export interface TakeBackupFlags extends BackupFlags, SourceFlags {
  /** A snapshot by name, false for none, true or nothing for the latest of the same source. */
  readonly parent?: string | boolean;
}

/**
 * Opens a source and takes a snapshot of it, with progress.
 *
 * @throws {SnapshotError} as `openSource`, `findParent` and `takeSnapshot`
 */
export async function takeBackup(context: VerbContext, path: string | undefined, flags: TakeBackupFlags): Promise<TakenSnapshot> {
  const { surroundings, output, signal } = context;
  const { parent: named = true } = flags;
  // Ranges that were tracked since another snapshot than the parent would leave changes out.
  if (flags.changedRanges !== undefined && typeof named !== 'string') throw new SnapshotError('argument/invalid', '--changed-ranges needs --parent: the snapshot since which the changes were tracked');
  await using opened = await openSource(context, path, flags);
  const { source, kind, description, totalBytes } = opened;
  const repository = await openChosenRepository(context);
  const hostname = flags.host ?? surroundings.hostname;
  const parent = named === false ? undefined : await findParent(repository, named === true ? undefined : named, { hostname, kind, description }, signal);
  // What a tree has nobody knows beforehand; what it had is near enough for a bar.
  const bytesTotal = totalBytes ?? parent?.statistics.totalBytes;
  try {
    return await takeSnapshot(repository, source, {
      ...(parent !== undefined && { parent: parent.id }),
      ...(flags.workers !== undefined && { workers: flags.workers }),
      verifyAll: flags.verifyAll ?? false,
      labels: flags.label ?? [],
      hostname,
      clock: surroundings.clock,
      lease: leaseOf(context.flags),
      signal,
      onProgress: ({ filesDone, bytesRead, bytesReused }) => output.progress({ phase: 'backup', filesDone, bytesDone: bytesRead + bytesReused, ...(bytesTotal !== undefined && { bytesTotal }) }),
    });
  } finally {
    output.endProgress();
  }
}
