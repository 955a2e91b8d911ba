import type { SnapshotRecord } from '../../index.ts';

/** Snapshots of one source: the same host, kind and path. A policy speaks of each source for itself. */
export interface SnapshotGroup {
  readonly hostname: string;
  readonly kind: SnapshotRecord['source']['kind'];
  readonly path: string;
  readonly records: readonly SnapshotRecord[];
}

/** Sorts snapshots by their source; order within a group is kept. */
export function groupSnapshots(records: readonly SnapshotRecord[]): readonly SnapshotGroup[] {
  const groups = Map.groupBy(records, ({ hostname, source }) => JSON.stringify([hostname, source.kind, source.description]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ hostname: first.hostname, kind: first.source.kind, path: first.source.description, records: group }];
  });
}
