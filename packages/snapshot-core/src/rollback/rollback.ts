import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import { safetyLabel } from '../format/safety-label.ts';
import type { TakenSnapshot } from '../snapshot/take-snapshot.ts';
import { takeSnapshot } from '../snapshot/take-snapshot.ts';
import { systemErrorCode } from '../source/system-error-code.ts';
import type { VolumePort } from '../source/volume-port.ts';
import { withLockedVolume } from '../source/with-locked-volume.ts';
import { checkOperationId, deleteIntent, pendingRollbacks, putIntent } from '../repository/rollback-intent.ts';
import type { RollbackIntent } from '../repository/rollback-intent.ts';
import type { ResumeRollbackOptions, RollbackOptions } from './rollback-options.ts';
import type { RollbackProgress, RollbackReport } from './rollback-report.ts';
import { checkTreeRollback, runTreeRollback } from './run-tree-rollback.ts';
import { checkVolumeRollback, runVolumeRollback } from './run-volume-rollback.ts';

/** A directory by its path, or a volume. */
export type RollbackTarget = string | VolumePort;

/**
 * Makes a target byte for byte what it was when the snapshot was taken, in place, writing only what differs.
 *
 * Order: the snapshot is checked to be there whole; the safety snapshot; a durable intent; removals; writes, each made
 * durable and read back; the intent goes. Redo-only: after a power cut at any point the same call, or `resumeRollback`,
 * finishes it. What was special, excluded or unreadable when the snapshot was taken is left as it is now.
 *
 * @throws {SnapshotError} before anything is changed: `argument/invalid`, `snapshot/*`, `object/missing`, `target/unusable`,
 *   `rollback/repository-on-target`, `rollback/pending`, `rollback/no-room-for-safety`, `repository/*`.
 *   Afterwards, with the rollback still pending: `target/unusable`, `target/write-failed`, `rollback/verification-failed`, `object/damaged`, `storage/*`
 * @throws the signal's reason when aborted; the rollback then stays pending
 */
export async function rollback(repository: Repository, snapshotId: string, named: RollbackTarget, options: RollbackOptions): Promise<RollbackReport> {
  checkOperationId(options.operationId);
  const target = resolveTarget(named);
  const call = callOptions(options);
  return repository.withLease('shared', async () => {
    const wanted = { operationId: options.operationId, snapshotId, kind: typeof target === 'string' ? 'tree' : 'image', target: targetName(target) } as const;
    const related = (await pendingRollbacks(repository, { ...call, skipDamaged: options.supersede === true })).filter(({ operationId, target: other }) => operationId === wanted.operationId || other === wanted.target);
    const known = related.find((intent) => isSameRollback(intent, wanted));
    if (known !== undefined) return resume(repository, known, target, options);
    const inTheWay = related.find(({ operationId }) => options.supersede !== true || operationId === wanted.operationId);
    if (inTheWay !== undefined) throw pendingError(inTheWay);
    report(options, 'check');
    await checkRollback(repository, snapshotId, target, call);
    return alone(target, () => start(repository, wanted, related, target, options));
  }, { ...call, ...options.lease });
}

/** Takes the safety snapshot, stores the intent, and carries it out. */
async function start(repository: Repository, wanted: Omit<RollbackIntent, 'startedAtMs'>, related: readonly RollbackIntent[], target: RollbackTarget, options: RollbackOptions): Promise<RollbackReport> {
  const call = callOptions(options);
  const nowMs = () => options.clock?.nowMs() ?? Date.now();
  const safetySnapshot = options.safetySnapshot === true ? await takeSafetySnapshot(repository, target, options, nowMs) : undefined;
  const intent: RollbackIntent = {
    ...wanted, startedAtMs: nowMs(),
    ...(safetySnapshot !== undefined && { safetySnapshotId: safetySnapshot.record.id }),
    ...(related.length > 0 && { supersedes: related.map(({ operationId }) => operationId) }),
  };
  await begin(repository, intent, { ...call, skipDamaged: options.supersede === true });
  return { ...(await finish(repository, intent, target, options)), ...(safetySnapshot !== undefined && { safetySnapshot }) };
}

/**
 * Finishes a rollback that was cut short, or answers `undefined` when none is pending for this target.
 *
 * @param named the same target under the same path or description
 * @throws {SnapshotError} as `rollback`
 */
export async function resumeRollback(repository: Repository, named: RollbackTarget, options: ResumeRollbackOptions = {}): Promise<RollbackReport | undefined> {
  const target = resolveTarget(named);
  const call = callOptions(options);
  return repository.withLease('shared', async () => {
    const intent = (await pendingRollbacks(repository, call)).find((pending) => pending.target === targetName(target) && (pending.kind === 'tree') === (typeof target === 'string'));
    return intent === undefined ? undefined : resume(repository, intent, target, options);
  }, { ...call, ...options.lease });
}

async function resume(repository: Repository, intent: RollbackIntent, target: RollbackTarget, options: ResumeRollbackOptions): Promise<RollbackReport> {
  await checkRollback(repository, intent.snapshotId, target, callOptions(options));
  return alone(target, () => finish(repository, intent, target, options));
}

/** Nobody else uses a volume from the safety snapshot on; a directory cannot be kept from others. */
function alone<T>(target: RollbackTarget, work: () => Promise<T>): Promise<T> {
  return typeof target === 'string' ? work() : withLockedVolume(target, work);
}

function checkRollback(repository: Repository, snapshotId: string, target: RollbackTarget, call: CallOptions): Promise<void> {
  return typeof target === 'string' ? checkTreeRollback(repository, snapshotId, target, call) : checkVolumeRollback(repository, snapshotId, target, call);
}

async function finish(repository: Repository, intent: RollbackIntent, target: RollbackTarget, options: ResumeRollbackOptions): Promise<RollbackReport> {
  const call = callOptions(options);
  const onProgress = options.onProgress ?? (() => {});
  const done = typeof target === 'string'
    ? await runTreeRollback(repository, intent.snapshotId, target, options.verifyAll ?? false, call, onProgress)
    : await runVolumeRollback(repository, intent.snapshotId, target, options, call, onProgress);
  for (const operationId of [...(intent.supersedes ?? []), intent.operationId]) await deleteIntent(repository, operationId, call);
  const { operationId, snapshotId, safetySnapshotId } = intent;
  return { operationId, snapshotId, ...done, ...(safetySnapshotId !== undefined && { safetySnapshotId }) };
}

/**
 * Stores the intent, then looks whether somebody else began to roll the same target back at the same moment: two that arrive together
 * see each other and both step back.
 */
async function begin(repository: Repository, intent: RollbackIntent, call: CallOptions & { readonly skipDamaged: boolean }): Promise<void> {
  await putIntent(repository, intent, call);
  const other = (await pendingRollbacks(repository, call)).find(({ operationId, target }) => target === intent.target && operationId !== intent.operationId);
  if (other === undefined) return;
  await deleteIntent(repository, intent.operationId, call);
  throw pendingError(other);
}

function isSameRollback(left: Omit<RollbackIntent, 'startedAtMs'>, right: Omit<RollbackIntent, 'startedAtMs'>): boolean {
  return left.operationId === right.operationId && left.target === right.target && left.snapshotId === right.snapshotId && left.kind === right.kind;
}

function pendingError({ operationId, target, snapshotId }: RollbackIntent): SnapshotError {
  return new SnapshotError('rollback/pending', `rollback ${operationId} of ${target} to snapshot ${snapshotId} is unfinished; resume it first, or supersede it`);
}

async function takeSafetySnapshot(repository: Repository, target: RollbackTarget, options: RollbackOptions, nowMs: () => number): Promise<TakenSnapshot> {
  report(options, 'safety-snapshot');
  const source = typeof target === 'string' ? { kind: 'directory', path: target } as const : { kind: 'volume', volume: target } as const;
  try {
    // No parent: whoever damaged the target may have kept the metadata, and the undo must be exact.
    return await takeSnapshot(repository, source, { ...callOptions(options), labels: [safetyLabel, `rollback:${options.operationId}`], clock: { nowMs }, ...(options.lease !== undefined && { lease: options.lease }) });
  } catch (cause) {
    if (!SnapshotError.isInstance(cause) || cause.code !== 'storage/full') throw cause;
    throw new SnapshotError('rollback/no-room-for-safety', `there is no room for the safety snapshot in ${repository.description}; nothing was changed. Free space, or roll back without it`, { cause });
  }
}

/** The same directory has the same name here, whatever path leads to it, and the one that was named is meant even when that path leads elsewhere later. */
function resolveTarget(named: RollbackTarget): RollbackTarget {
  if (typeof named !== 'string') return named;
  try {
    return realpathSync(named);
  } catch (error) {
    // That it cannot be used is said where it is opened.
    if (systemErrorCode(error) === undefined) throw error;
    return resolve(named);
  }
}

/** What intents know a target by. */
function targetName(target: RollbackTarget): string {
  return typeof target === 'string' ? target : target.description;
}

function callOptions({ signal }: CallOptions): CallOptions {
  return signal === undefined ? {} : { signal };
}

function report(options: ResumeRollbackOptions, phase: RollbackProgress['phase']): void {
  options.onProgress?.({ phase, bytesDone: 0, totalBytes: 0, bytesWritten: 0 });
}
