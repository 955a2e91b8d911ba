import type { LeaseRecord } from '../src/format/lease-record.ts';
import type { ObjectReference } from '../src/format/object-reference.ts';
import type { PruneEpoch } from '../src/format/prune-epoch.ts';
import type { StoredConfig } from '../src/format/repository-config.ts';
import type { SnapshotDraft, SnapshotRecord } from '../src/format/snapshot-record.ts';
import type { TreeObject } from '../src/format/tree-object.ts';

/** Hexadecimal text of `lengthBytes` equal bytes. */
export const hexOf = (byte: number, lengthBytes: number): string => byte.toString(16).padStart(2, '0').repeat(lengthBytes);

export const repositoryId = hexOf(0xab, 16);

export const sampleConfig: StoredConfig = {
  config: { formatVersion: 1, repositoryId, createdAtMs: 1_700_000_000_000, hash: 'sha-256', chunker: 'sieve-v1', profile: 'volume', compression: 'none', encryption: 'none' },
  secret: new Uint8Array(32).fill(7),
};

const sampleReferences: readonly ObjectReference[] = [
  { kind: 'data', id: hexOf(1, 32), lengthBytes: 65_537, cut: 'content' },
  { kind: 'data', id: hexOf(2, 32), lengthBytes: 262_144, cut: 'max' },
  { kind: 'data', id: hexOf(3, 32), lengthBytes: 5, cut: 'region' },
  { kind: 'tree', id: hexOf(4, 32), lengthBytes: 4_294_967_295, cut: 'end' },
];

export const sampleTree: TreeObject = { references: sampleReferences, payload: Buffer.from('names and modes') };

export const sampleTreeWithFingerprints: TreeObject = {
  ...sampleTree,
  references: sampleReferences.map((reference, index) => (reference.cut === 'content' ? { ...reference, fingerprint: new Uint8Array(16).fill(index + 1) } : reference)),
};

const sampleDraft: SnapshotDraft = {
  generation: 8,
  timeMs: 1_700_000_000_123,
  hostname: 'LAPTOP-Ä1',
  labels: ['nightly', 'before update'],
  source: { kind: 'tree', description: 'C:\\Users' },
  rootId: hexOf(5, 32),
  statistics: { entryCount: 3, totalBytes: 1_099_511_627_776, chunkCount: 4, addedBytes: 5, durationMs: 6 },
  incomplete: true,
};

export const sampleSnapshot: SnapshotRecord = { ...sampleDraft, id: hexOf(6, 16), parentId: hexOf(9, 16), pruneEpoch: 7 };

export const sampleEpoch: PruneEpoch = { epoch: 3, condemned: [{ packName: hexOf(8, 32), condemnedAtMs: 1_700_000_000_000 }] };

export const sampleLease: LeaseRecord = { mode: 'exclusive', hostname: 'host', processId: 4_242, renewedAtMs: 1_700_000_000_000, expiresAtMs: 1_700_001_800_000 };
