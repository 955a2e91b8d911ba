import type { Repository, SnapshotRecord, SnapshotSourceKind } from '../../index.ts';
import { findLatest, resolveSnapshot } from '../repository/resolve-snapshot.ts';

/** What is about to be taken. */
export interface SourceOrigin {
  readonly hostname: string;
  readonly kind: SnapshotSourceKind;
  readonly description: string;
}

/**
 * The snapshot to compare with: the one that was named, else the latest of the same host, kind and path, if there is any.
 *
 * @throws {SnapshotError} as `resolveSnapshot`, for one that was named
 */
export async function findParent(repository: Repository, named: string | undefined, origin: SourceOrigin, signal: AbortSignal): Promise<SnapshotRecord | undefined> {
  if (named !== undefined) return resolveSnapshot(repository, named, { signal, isWanted: (record) => isOf(record, origin), wanted: `snapshot of ${origin.description}` });
  const { snapshots } = await repository.listSnapshots({ signal });
  return findLatest(snapshots.filter((record) => isOf(record, origin)));
}

function isOf({ hostname, source }: SnapshotRecord, origin: SourceOrigin): boolean {
  return hostname === origin.hostname && source.kind === origin.kind && source.description === origin.description;
}
