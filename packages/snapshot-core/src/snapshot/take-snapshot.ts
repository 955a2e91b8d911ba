import { hostname } from 'node:os';
import { chunkProfiles } from '../chunking/chunk-profiles.ts';
import { deriveSieveParameters } from '../chunking/sieve-parameters.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { SnapshotRecord } from '../format/snapshot-record.ts';
import type { FileEntry, TreeEntry } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Clock } from '../repository/clock.ts';
import type { LeaseOptions } from '../repository/lease.ts';
import type { Repository } from '../repository/repository.ts';
import type { DirectorySource, SnapshotSource } from '../source/snapshot-source.ts';
import type { IssueReason } from './item-issue.ts';
import { SnapshotTally } from './snapshot-tally.ts';
import type { SnapshotProgress, SnapshotReport } from './snapshot-tally.ts';
import { storeContent } from './store-content.ts';
import { withEngine } from './engine/with-engine.ts';
import { takeVolume, type VolumeContext } from './take-volume.ts';
import { isDamage } from './is-damage.ts';
import { takeTree } from './tree/take-tree.ts';
import { loadRootEntry, saveTreeNode } from './tree-objects.ts';

/** Issues after which the snapshot still holds everything that is known to have been there. */
const harmlessReasons: ReadonlySet<IssueReason> = new Set(['vanished', 'parent-damaged', 'changes-ignored', 'attributes-unread']);

/** How to take a snapshot. */
export interface TakeSnapshotOptions extends CallOptions {
  /** Id of the snapshot to compare with: files whose metadata did not change since are not read again. */
  readonly parent?: string;
  /**
   * Read every byte of every file, whatever its metadata says. Default false. A file that had no extended attributes and whose time of change is the
   * parent's is not asked for attributes again.
   */
  readonly verifyAll?: boolean;
  /** Threads that read, cut, hash and store; 0 for none. Default: one for each processor, and none where little is to be done. */
  readonly workers?: number;
  readonly labels?: readonly string[];
  /** Default: the name of this machine. */
  readonly hostname?: string;
  readonly onProgress?: (progress: SnapshotProgress) => void;
  /** Default: the system's time. */
  readonly clock?: Pick<Clock, 'nowMs'>;
  /** How to wait for a repository that is busy. */
  readonly lease?: Pick<LeaseOptions, 'waitAtMostMs' | 'ignoreOthers'>;
}

/** A committed snapshot, and what was met on the way. */
export interface TakenSnapshot {
  readonly record: SnapshotRecord;
  readonly report: SnapshotReport;
}

/**
 * Takes a snapshot and commits it. Killed or aborted before the end, nothing of it shows, and what was stored is found
 * again by the next one.
 *
 * Items that cannot be read do not stop it: they are in the report, and the record says `incomplete`.
 *
 * @throws {SnapshotError} `source/unreadable` (the root itself), `source/encrypted` (an encrypted volume, and a repository that is not), `snapshot/not-found` (the parent), `repository/*`, `storage/*`
 * @throws the signal's reason when aborted
 */
export async function takeSnapshot(repository: Repository, source: SnapshotSource, options: TakeSnapshotOptions = {}): Promise<TakenSnapshot> {
  const call: CallOptions = options.signal === undefined ? {} : { signal: options.signal };
  requireCover(repository, source);
  return repository.withLease('shared', async () => {
    const nowMs = () => options.clock?.nowMs() ?? Date.now();
    const startedMs = Math.max(0, Math.floor(nowMs()));
    const tally = new SnapshotTally(options.onProgress);
    const parentRecord = options.parent === undefined ? undefined : await repository.getSnapshot(options.parent, call);
    const parent = parentRecord === undefined ? undefined : await loadParent(repository, parentRecord.rootId, tally, call);
    const generation = parentRecord === undefined ? 0 : parentRecord.generation + 1;
    const context = {
      repository, tally, nowMs, options: call, generation, verifyAll: options.verifyAll ?? false,
      parameters: deriveSieveParameters(repository.chunkingKey, chunkProfiles[repository.config.profile]),
    };
    const entry = source.kind === 'directory'
      ? await takeTree({ ...context, workers: options.workers, parentEntries: parentRecord?.statistics.entryCount }, source, parent)
      : await withEngine(repository, { ...call, workers: workersFor(source, options.workers) }, (engine) => takeBytes({ ...context, engine }, source, parent));
    const root = await saveTreeNode(repository, { type: 'root', entry }, call);
    tally.saved(root);
    const record = await repository.commitSnapshot({
      ...(options.parent !== undefined && { parentId: options.parent }),
      generation,
      timeMs: startedMs,
      hostname: options.hostname ?? hostname(),
      labels: options.labels ?? [],
      source: { kind: source.kind === 'directory' ? 'tree' : 'image', description: describeSource(source) },
      rootId: root.id,
      statistics: {
        entryCount: tally.entryCount, totalBytes: tally.totalBytes, chunkCount: tally.chunkCount, addedBytes: tally.bytesAdded,
        durationMs: Math.max(0, Math.floor(nowMs() - startedMs)),
      },
      incomplete: [...tally.issues.reasons].some((reason) => !harmlessReasons.has(reason)),
    }, call);
    tally.progress();
    return { record, report: tally.report() };
  }, { ...call, ...options.lease });
}

/** What its owner encrypted does not become readable by being backed up. */
function requireCover({ config, description }: Repository, source: SnapshotSource): void {
  if (source.kind === 'volume' && source.volume.isEncrypted === true && config.encryption === 'none')
    throw new SnapshotError('source/encrypted', `${source.volume.description} is encrypted, and the repository ${description} is not; use a repository that was created with encryption`);
}

function describeSource(source: SnapshotSource): string {
  return source.kind === 'directory' ? source.path : source.kind === 'volume' ? source.volume.description : source.description;
}

async function loadParent(repository: Repository, rootId: string, tally: SnapshotTally, call: CallOptions): Promise<TreeEntry | undefined> {
  try {
    return await loadRootEntry(repository, rootId, call);
  } catch (error) {
    if (!isDamage(error)) throw error;
    tally.issues.add(new Uint8Array(0), 'parent-damaged', `the parent snapshot cannot be read, so everything is read from the source: ${String(error)}`);
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
    type: 'file', name: new Uint8Array(0), mode: 0, userId: 0, groupId: 0, size: stored.bytes, modifiedMicros: 0n, changedNanos: 0n,
    device: 0n, inode: 0n, linkCount: 0, torn: false, settled: true, sparse: false, content: stored.content,
  };
}
