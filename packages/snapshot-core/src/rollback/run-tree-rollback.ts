import { SnapshotError } from '../errors/snapshot-error.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import { loadTreeRoot } from '../snapshot/list-snapshot.ts';
import { createPacer } from '../source/pacer.ts';
import { openTreeTarget } from './open-target.ts';
import { planRollback, planSteps } from './plan-rollback.ts';
import { requireStored } from './require-stored.ts';
import type { RollbackProgress, RollbackReport } from './rollback-report.ts';
import { StepRunner } from './run-step.ts';

/** What a run answers with; the names come from the intent. */
export type RollbackOutcome = Omit<RollbackReport, 'operationId' | 'snapshotId' | 'safetySnapshot' | 'safetySnapshotId'>;

/** Makes sure, without changing anything, that a tree can be rolled back. @throws {SnapshotError} as `rollback` does before it begins */
export async function checkTreeRollback(repository: Repository, snapshotId: string, target: string, options: CallOptions): Promise<void> {
  const stored = await loadTreeRoot(repository, snapshotId, options);
  (await openTreeTarget(repository, target, false, options)).root.close();
  await requireStored(repository, stored, new Uint8Array(0), createPacer(options.signal), options);
}

/** Carries a rollback of a tree through, from wherever an earlier run left it. */
export async function runTreeRollback(
  repository: Repository, snapshotId: string, target: string, verifyAll: boolean, options: CallOptions, onProgress: (progress: RollbackProgress) => void,
): Promise<RollbackOutcome> {
  const stored = await loadTreeRoot(repository, snapshotId, options);
  const { totalBytes } = (await repository.getSnapshot(snapshotId, options)).statistics;
  const context = await openTreeTarget(repository, target, true, options);
  const runner = new StepRunner(context);
  // Before any directory closes, because what cannot be made durable is removed through the one it is in. The failure that ended the run is the one worth telling.
  const settle = () => runner.drain().catch(() => undefined);
  const progress = (phase: RollbackProgress['phase']) => onProgress({ phase, bytesDone: runner.bytesDone, totalBytes, bytesWritten: runner.bytesWritten });
  try {
    let phase: 'remove' | 'write' = 'remove';
    for await (const step of planSteps(context, stored, settle)) {
      if (step.step === 'act' && step.stored !== undefined) phase = 'write';
      await runner.run(step);
      progress(phase);
    }
    await runner.drain();
  } finally {
    await settle();
    context.root.close();
  }
  if (runner.issues.reasons.has('damaged')) {
    const first = runner.issues.issues.find(({ reason }) => reason === 'damaged');
    throw new SnapshotError('object/damaged', `everything else was rolled back, but stored content is lost: ${first?.displayPath ?? ''}: ${first?.message ?? ''}; repair the repository and resume`);
  }
  if (verifyAll) {
    progress('verify');
    await verifyTree(repository, snapshotId, target, options);
  }
  const { actions, bytesWritten, bytesDeleted, issues } = runner;
  return { actions, bytesWritten, bytesDeleted, complete: issues.count === 0, issues: issues.issues, issueCount: issues.count };
}

/** @throws {SnapshotError} `rollback/verification-failed` when any content is not as stored */
async function verifyTree(repository: Repository, snapshotId: string, target: string, options: CallOptions): Promise<void> {
  for await (const { action, displayPath, reason } of planRollback(repository, snapshotId, target, options)) {
    if (['delete', 'create', 'rewrite', 'replace', 'link'].includes(action))
      throw new SnapshotError('rollback/verification-failed', `after the rollback ${displayPath} is not as stored: ${reason}; check that nothing else writes to ${target}, then resume`);
  }
}
