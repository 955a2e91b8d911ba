import { decodeTreeObject, encodeTreeObject } from '../src/format/tree-object.ts';
import type { ObjectReference } from '../src/format/object-reference.ts';
import type { SnapshotRecord } from '../src/format/snapshot-record.ts';
import type { Repository } from '../src/repository/repository.ts';

/** Saves a two-level tree over the given chunks. @returns the root's id */
export async function saveSampleTree(repository: Repository, chunks: readonly Uint8Array[]): Promise<string> {
  const references: ObjectReference[] = [];
  for (const bytes of chunks) references.push({ kind: 'data', id: (await repository.save(bytes, 'data')).id, lengthBytes: bytes.length, cut: 'content' });
  const leaf = encodeTreeObject({ references, payload: Buffer.from('leaf') });
  const { id } = await repository.save(leaf, 'tree');
  const root = encodeTreeObject({ references: [{ kind: 'tree', id, lengthBytes: leaf.length, cut: 'end' }], payload: Buffer.from(`root of ${chunks.length}`) });
  return (await repository.save(root, 'tree')).id;
}

/** Commits a snapshot of the given chunks, under the lease the caller holds. */
export async function commitSampleSnapshot(repository: Repository, chunks: readonly Uint8Array[], timeMs = 1_700_000_000_000): Promise<SnapshotRecord> {
  const rootId = await saveSampleTree(repository, chunks);
  return repository.commitSnapshot({
    generation: 0,
    timeMs,
    hostname: 'host',
    labels: ['sample'],
    source: { kind: 'tree', description: '/sample' },
    rootId,
    statistics: { entryCount: chunks.length, totalBytes: 0, chunkCount: chunks.length, addedBytes: 0, durationMs: 0 },
    incomplete: false,
  });
}

/** The same with a lease of its own. */
export async function takeSampleSnapshot(repository: Repository, chunks: readonly Uint8Array[], timeMs?: number): Promise<SnapshotRecord> {
  return repository.withLease('shared', () => commitSampleSnapshot(repository, chunks, timeMs));
}

/** Reads everything back, every object verified on the way. */
export async function loadSampleSnapshot(repository: Repository, snapshot: SnapshotRecord): Promise<Uint8Array[]> {
  const root = decodeTreeObject(await repository.load(snapshot.rootId));
  const chunks: Uint8Array[] = [];
  for (const { id } of root.references)
    for (const reference of decodeTreeObject(await repository.load(id)).references) chunks.push(await repository.load(reference.id));
  return chunks;
}

/** Chunks that differ by seed and position. */
export function sampleChunks(seed: number, count: number, lengthBytes = 100): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => Uint8Array.from({ length: lengthBytes }, (__, at) => (seed * 31 + index * 7 + at * (index + 1)) & 255));
}
