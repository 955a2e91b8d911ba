import type { SnapshotRecord } from '../../index.ts';

/** A snapshot as programs read it. */
export function snapshotMessage(record: SnapshotRecord): Record<string, unknown> {
  const { id, parentId, timeMs, hostname, labels, source, statistics, incomplete } = record;
  return { id, ...(parentId !== undefined && { parentId }), time: new Date(timeMs).toISOString(), hostname, kind: source.kind, path: source.description, labels, incomplete, ...statistics };
}
