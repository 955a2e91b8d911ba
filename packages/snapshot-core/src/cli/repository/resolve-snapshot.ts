import { SnapshotError, type Repository, type SnapshotRecord } from '../../index.ts';
import { formatTime } from '../output/format-values.ts';
import { safetyLabel } from '../../index.ts';

/** Shorter beginnings name a snapshot by accident. */
const shortestPrefix = 4;

/**
 * Finds the snapshot that was named: by its id, by a beginning of it that no other has, or as `latest`.
 *
 * @param isWanted which snapshots `latest` may mean; it never means a safety snapshot, the state somebody wanted to leave
 * @throws {SnapshotError} `argument/invalid` (ambiguous or malformed), `snapshot/not-found`, `format/damaged` (its record)
 */
export async function resolveSnapshot(
  repository: Repository, name: string, { signal, isWanted = () => true, wanted = 'snapshot' }: { readonly signal: AbortSignal; readonly isWanted?: (record: SnapshotRecord) => boolean; readonly wanted?: string },
): Promise<SnapshotRecord> {
  const { snapshots, damaged } = await repository.listSnapshots({ signal });
  if (name === 'latest') {
    const latest = findLatest(snapshots.filter((record) => isWanted(record) && !record.labels.includes(safetyLabel)));
    if (latest === undefined) throw new SnapshotError('snapshot/not-found', `${repository.description} has no ${wanted}; \`snapshots\` lists what it has`);
    return latest;
  }
  if (!/^[0-9a-f]+$/.test(name) || name.length < shortestPrefix)
    throw new SnapshotError('argument/invalid', `${JSON.stringify(name)} does not name a snapshot; give its id, at least its first ${shortestPrefix} characters, or latest`);
  const found = [...snapshots, ...damaged].filter(({ id }) => id.startsWith(name));
  const [first, second] = found;
  if (first === undefined) throw new SnapshotError('snapshot/not-found', `${repository.description} has no snapshot ${name}; \`snapshots\` lists what it has`);
  if (second !== undefined) throw new SnapshotError('argument/invalid', `${name} is the beginning of ${found.length} snapshots; give more of it: ${found.slice(0, 8).map(describeCandidate).join(', ')}`);
  return 'rootId' in first ? first : repository.getSnapshot(first.id, { signal });
}

/** The newest of some snapshots. */
export function findLatest(snapshots: readonly SnapshotRecord[]): SnapshotRecord | undefined {
  return snapshots.reduce<SnapshotRecord | undefined>((latest, record) => (latest === undefined || record.timeMs >= latest.timeMs ? record : latest), undefined);
}

function describeCandidate(candidate: { readonly id: string; readonly timeMs?: number }): string {
  return candidate.timeMs === undefined ? candidate.id : `${candidate.id} (${formatTime(candidate.timeMs)})`;
}
