import { SnapshotError } from '../../errors/snapshot-error.ts';
import type { CallOptions } from '../../repository/call-options.ts';
import type { LeaseOptions } from '../../repository/lease.ts';
import type { Repository } from '../../repository/repository.ts';
import { openDirectory, type DirectoryHandle } from '../../source/directory-handle.ts';
import { idsFromRoot } from '../../source/ids-from-root.ts';
import { loadExtendedAttributes } from '../../source/load-extended-attributes.ts';
import { createPacer } from '../../source/pacer.ts';
import { withEngine, type Engine } from '../engine/with-engine.ts';
import type { ItemIssue } from '../item-issue.ts';
import { listSnapshot, loadTreeRoot } from '../list-snapshot.ts';
import { givesNoAttributes } from './gives-no-attributes.ts';
import { makeTarget } from './make-target.ts';
import { planRestore, type RestoreStep } from './plan-restore.ts';
import { RestoreRun } from './restore-run.ts';
import { RestoreTally } from './restore-tally.ts';

/** How far a restore is; `totalBytes` is what the whole snapshot holds, also when only a part is restored. */
export interface RestoreProgress {
  readonly filesDone: number;
  readonly bytesWritten: number;
  readonly totalBytes: number;
}

/** How to restore a tree. */
export interface RestoreOptions extends CallOptions {
  /** Only these paths, as for `listSnapshot`. */
  readonly paths?: readonly (string | Uint8Array)[];
  /** Replace files and symlinks that are in the target already. Default false: they stay and are reported. */
  readonly overwrite?: boolean;
  /** Threads that read, verify and write; 0 for none. Default: one for each processor, and none for small trees. */
  readonly workers?: number;
  readonly onProgress?: (progress: RestoreProgress) => void;
  readonly lease?: Pick<LeaseOptions, 'waitAtMostMs' | 'ignoreOthers'>;
}

/** What a restore did. */
export interface RestoreReport {
  readonly files: number;
  readonly directories: number;
  readonly symlinks: number;
  readonly hardLinks: number;
  readonly bytesWritten: number;
  /** True when the target holds all that was asked for: there are no issues but names that were left out of the snapshot on purpose. */
  readonly complete: boolean;
  /** The first 1,000 issues. */
  readonly issues: readonly ItemIssue[];
  readonly issueCount: number;
}

/** Starting threads takes longer than restoring a smaller tree. */
const smallTree = { steps: 1_000, bytes: 33_554_432 } as const;

/**
 * Restores a tree, or a part of it, into a directory, which is created when missing.
 *
 * Every chunk is verified before it is written, files appear whole under their names in directories that were there before, and nothing is ever written outside
 * the target, whatever the snapshot or the target hold. Items that fail are reported; the rest is done.
 *
 * @throws {SnapshotError} `snapshot/*`, `target/unusable`, `rollback/repository-on-target` (the target lies in the repository), `target/write-failed` (full or broken disk), `repository/*`,
 *   `argument/invalid`, `worker/lost`
 * @throws the signal's reason when aborted; what was written stays
 */
export async function restoreSnapshot(repository: Repository, snapshotId: string, target: string, options: RestoreOptions = {}): Promise<RestoreReport> {
  const call: CallOptions = options.signal === undefined ? {} : { signal: options.signal };
  return repository.withLease('shared', async () => {
    await loadTreeRoot(repository, snapshotId, call);
    const { totalBytes } = (await repository.getSnapshot(snapshotId, call)).statistics;
    const repositoryId = repository.localPath === undefined ? undefined : idsFromRoot(repository.localPath).at(-1);
    const { attributes } = await loadExtendedAttributes();
    const { root, isNew } = await openTarget(repository, repositoryId, target);
    const tally = new RestoreTally(totalBytes, options.onProgress);
    const run = new RestoreRun({ repository, repositoryId, root, attributes, overwrite: options.overwrite === true, call, tally, issues: tally.issues }, isNew && givesNoAttributes(attributes, root));
    const items = listSnapshot(repository, snapshotId, { ...call, ...(options.paths !== undefined && { paths: options.paths }) });
    const steps = planRestore(items, { windowsNames: process.platform === 'win32' });
    try {
      await carryOut(repository, run, steps, options);
    } catch (error) {
      // The first failure is the one worth telling.
      await run.close().catch(() => undefined);
      throw error;
    } finally {
      await steps.return(undefined);
    }
    await run.close();
    return tally.report();
  }, { ...call, ...options.lease });
}

/** Nobody knows how much chosen paths come to: the first steps are done without threads. */
async function carryOut(repository: Repository, run: RestoreRun, steps: AsyncGenerator<RestoreStep>, { workers, signal }: RestoreOptions): Promise<void> {
  const pacer = createPacer(signal);
  /** @returns whether that were all steps */
  const work = async (engine: Engine, most: { readonly steps: number; readonly bytes: number }) => {
    run.use(engine);
    let [stepsLeft, bytesLeft] = [most.steps, most.bytes];
    try {
      while (stepsLeft > 0 && bytesLeft > 0) {
        const next = await steps.next();
        if (next.done === true) break;
        await pacer.step();
        await run.apply(next.value);
        stepsLeft -= 1;
        if (next.value.action === 'write-file') bytesLeft -= next.value.entry.size;
      }
      await run.settle();
    } finally {
      // No thread may be stopped in the middle of a file.
      await run.end();
    }
    return stepsLeft > 0 && bytesLeft > 0;
  };
  const all = { steps: Infinity, bytes: Infinity };
  if (workers === undefined && (await withEngine(repository, { signal, workers: 0 }, (engine) => work(engine, smallTree)))) return;
  await withEngine(repository, { signal, workers }, (engine) => work(engine, all));
}

/**
 * Opens a directory to write into, making it first when it is missing.
 *
 * @throws {SnapshotError} `target/unusable`, `rollback/repository-on-target`
 */
async function openTarget(repository: Repository, repositoryId: string | undefined, path: string): Promise<{ readonly root: DirectoryHandle; readonly isNew: boolean }> {
  try {
    if (repositoryId !== undefined && idsFromRoot(path).includes(repositoryId))
      throw new SnapshotError('rollback/repository-on-target', `${path} lies in the repository ${repository.description}; name a directory outside of it`);
    const isNew = await makeTarget(path);
    return { root: openDirectory(path), isNew };
  } catch (cause) {
    if (SnapshotError.isInstance(cause)) throw cause;
    throw new SnapshotError('target/unusable', `cannot use ${path} as the target of a restore; name a directory that can be written`, { cause });
  }
}
