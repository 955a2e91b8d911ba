import { hostname } from 'node:os';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { SnapshotRecord } from '../format/snapshot-record.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Clock } from '../repository/clock.ts';
import type { LeaseOptions } from '../repository/lease.ts';
import type { Repository } from '../repository/repository.ts';
import type { SnapshotSource } from '../source/snapshot-source.ts';
import type { IssueReason } from './item-issue.ts';
import type { SnapshotProgress, SnapshotReport } from './snapshot-tally.ts';
import { takeRoot } from './take-root.ts';

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
    const parentRecord = options.parent === undefined ? undefined : await repository.getSnapshot(options.parent, call);
    const generation = parentRecord === undefined ? 0 : parentRecord.generation + 1;
    const { workers, onProgress, verifyAll = false } = options;
    const { rootId, tally } = await takeRoot({ repository, parentRecord, generation, verifyAll, workers, nowMs, onProgress, call }, source);
    const record = await repository.commitSnapshot({
      ...(options.parent !== undefined && { parentId: options.parent }),
      generation,
      timeMs: startedMs,
      hostname: options.hostname ?? hostname(),
      labels: options.labels ?? [],
      source: { kind: source.kind === 'directory' ? 'tree' : 'image', description: describeSource(source) },
      rootId,
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
