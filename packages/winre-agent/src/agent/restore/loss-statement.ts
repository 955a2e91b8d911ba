import { lstat, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { digestJson, type LossEntry, type LossStatement } from '@winre-kit/sdk';
import { diffSnapshotAgainstDirectory, type Repository } from '@winre-kit/snapshot-core';
import type { RecoveryVolume } from '../../platform/recovery-volume.ts';

const maxListedEntries = 1_000;

/** Builds the statement from every entry, in any order. */
export async function lossStatementOf(entries: readonly LossEntry[], window: LossStatement['window'], complete = true): Promise<LossStatement> {
  const sorted = entries.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return {
    ...(window && { window }),
    files: sorted.length,
    bytes: sorted.reduce((sum, { bytes }) => sum + bytes, 0),
    entries: sorted.slice(0, maxListedEntries),
    truncated: !complete || sorted.length > maxListedEntries,
    digest: await digestJson(sorted),
  };
}

/**
 * Every file whose present content would be gone after a rollback of the volume to a snapshot, found by comparing every byte. Writes nothing.
 *
 * @throws {SnapshotError} as `diffSnapshotAgainstDirectory`
 */
export async function rollbackLosses(repository: Repository, snapshotId: string, root: string, signal: AbortSignal): Promise<readonly LossEntry[]> {
  const losses = new Map<string, LossEntry>();
  for await (const { displayPath: path, change, type, what, bytes } of diffSnapshotAgainstDirectory(repository, snapshotId, root, { signal })) {
    const former = losses.get(path);
    // Something of another type is there now and goes; its name comes back, so it is changed rather than new.
    if (change === 'removed') {
      if (former) losses.set(path, { ...former, change: 'modified' });
    } else if (type !== 'directory' && (change === 'added' || what.includes('content'))) losses.set(path, { path, change: change === 'added' ? 'created' : 'modified', bytes });
  }
  return [...losses.values()];
}

/** Every file below a root, as lost: what emptying the volume takes away. */
async function everythingLost(root: string, signal: AbortSignal): Promise<readonly LossEntry[]> {
  const losses: LossEntry[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    signal.throwIfAborted();
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    losses.push({ path: relative(root, path).replaceAll(sep, '/'), change: 'created', bytes: (await lstat(path)).size });
  }
  return losses;
}

/** What a rebuild takes away: everything. Of a locked volume nobody can say what that is, which the statement shows as truncated without entries. */
export async function rebuildLoss(volume: RecoveryVolume, signal: AbortSignal): Promise<LossStatement> {
  const { locked } = await volume.status();
  return locked ? lossStatementOf([], undefined, false) : lossStatementOf(await everythingLost(await volume.root(), signal), undefined);
}
