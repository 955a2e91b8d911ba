import { chunkProfiles } from '../chunking/chunk-profiles.ts';
import { deriveSieveParameters } from '../chunking/sieve-parameters.ts';
import type { SnapshotRecord } from '../format/snapshot-record.ts';
import type { FileEntry, TreeEntry } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import type { DirectorySource, SnapshotSource } from '../source/snapshot-source.ts';
import { DamageWatch } from './damage-watch.ts';
import { withEngine } from './engine/with-engine.ts';
import { isDamage } from './is-damage.ts';
import { risingProgress, SnapshotTally, type SnapshotProgress } from './snapshot-tally.ts';
import { storeContent } from './store-content.ts';
import { takeVolume } from './take-volume.ts';
import type { VolumeContext } from './volume-context.ts';
import { loadRootEntry, saveTreeNode } from './tree-objects.ts';
import { takeTree } from './tree/take-tree.ts';

/** What taking the content of a snapshot needs. */
export interface RootContext {
  readonly repository: Repository;
  readonly parentRecord: SnapshotRecord | undefined;
  readonly generation: number;
  readonly verifyAll: boolean;
  readonly workers: number | undefined;
  readonly nowMs: () => number;
  readonly onProgress: ((progress: SnapshotProgress) => void) | undefined;
  readonly call: CallOptions;
}

/** The content of a snapshot, saved but not durable yet. */
export interface TakenRoot {
  readonly rootId: string;
  readonly tally: SnapshotTally;
}

/** Each finds another damaged pack, or is the last. */
const attemptsWithParent = 2;
const noPath = new Uint8Array(0);

/**
 * Stores all that a snapshot holds. Damage that is met in the parent on the way makes worthless what was taken over from the same pack before:
 * then all is taken again, and nothing relies on that pack any more. It costs speed, never the snapshot.
 */
export async function takeRoot(context: RootContext, source: SnapshotSource): Promise<TakenRoot> {
  const { repository, parentRecord, call } = context;
  const onProgress = context.onProgress && risingProgress(context.onProgress);
  let tally = new SnapshotTally(onProgress);
  let again = source;
  for (let attempt = 1; ; attempt++) {
    const parent = parentRecord === undefined || attempt > attemptsWithParent ? undefined : await loadParent(repository, parentRecord.rootId, tally, call);
    // A stream cannot be read twice, and takes nothing over.
    const damage = parent === undefined || source.kind === 'stream' ? undefined : new DamageWatch(repository.engine.objects.index);
    try {
      const rootId = await takeOnce(context, again, { tally, parent, damage });
      damage?.requireNone();
      return { rootId, tally };
    } catch (error) {
      if (damage?.hasMetDamage !== true || !isDamage(error)) throw error;
      tally = tally.startAgain();
      tally.issues.add(noPath, 'parent-damaged', `the parent snapshot was damaged where it had been relied on, so the snapshot was taken again: ${String(error)}`);
      again = withoutChanges(source, tally);
    }
  }
}

async function takeOnce(
  { repository, parentRecord, generation, verifyAll, workers, nowMs, call }: RootContext, source: SnapshotSource,
  { tally, parent, damage }: { readonly tally: SnapshotTally; readonly parent: TreeEntry | undefined; readonly damage: DamageWatch | undefined },
): Promise<string> {
  const context = { repository, tally, nowMs, options: call, generation, verifyAll, damage, parameters: deriveSieveParameters(repository.chunkingKey, chunkProfiles[repository.config.profile]) };
  const entry = source.kind === 'directory'
    ? await takeTree({ ...context, workers, parentEntries: parentRecord?.statistics.entryCount }, source, parent)
    : await withEngine(repository, { ...call, workers: workersFor(source, workers) }, (engine) => takeBytes({ ...context, engine }, source, parent));
  const root = await saveTreeNode(repository, { type: 'root', entry }, call);
  tally.saved(root);
  return root.id;
}

/** A list of changes may have been read to its end, and can be read only once. */
function withoutChanges(source: SnapshotSource, tally: SnapshotTally): SnapshotSource {
  if (source.kind !== 'volume' || source.changedRanges === undefined) return source;
  tally.issues.add(noPath, 'changes-ignored', 'the snapshot was taken a second time; everything is read');
  return { kind: source.kind, volume: source.volume };
}

async function loadParent(repository: Repository, rootId: string, tally: SnapshotTally, call: CallOptions): Promise<TreeEntry | undefined> {
  try {
    return await loadRootEntry(repository, rootId, call);
  } catch (error) {
    if (!isDamage(error)) throw error;
    tally.issues.add(noPath, 'parent-damaged', `the parent snapshot cannot be read, so everything is read from the source: ${String(error)}`);
    return undefined;
  }
}

const smallVolumeBytes = 33_554_432;

/** Starting threads takes longer than taking a small volume. A stream or a port is read on the calling thread in any case. */
function workersFor(source: Exclude<SnapshotSource, DirectorySource>, workers: number | undefined): number | undefined {
  if (workers !== undefined) return workers;
  return source.kind === 'volume' && source.volume.descriptor !== undefined && source.volume.bytes > smallVolumeBytes ? undefined : 0;
}

async function takeBytes(context: VolumeContext, source: Exclude<SnapshotSource, DirectorySource>, parent: TreeEntry | undefined): Promise<FileEntry> {
  const stored = source.kind === 'volume'
    ? await takeVolume(context, source, parent)
    : await storeContent(context, source.stream);
  context.tally.files.new += 1;
  context.tally.totalBytes += stored.bytes;
  context.tally.chunkCount += stored.chunkCount;
  return {
    type: 'file', name: noPath, mode: 0, userId: 0, groupId: 0, size: stored.bytes, modifiedMicros: 0n, changedNanos: 0n,
    device: 0n, inode: 0n, linkCount: 0, torn: false, settled: true, sparse: false, content: stored.content,
  };
}
