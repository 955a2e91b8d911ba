import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { SnapshotError } from '../../errors/snapshot-error.ts';
import type { ObjectId, ObjectKind } from '../../format/object-reference.ts';
import { createEngineHandle } from '../../repository/engine-access.ts';
import type { Repository } from '../../repository/repository.ts';
import { removeGrowingFiles } from '../../storage/growing-file.ts';
import { findWorkerEntry } from '../../worker-pool/find-worker-entry.ts';
import { createWorkerPool, type WorkerPool } from '../../worker-pool/worker-pool.ts';
import type { WorkerTask } from '../../worker-pool/worker-task.ts';
import { createKeyedTools, keepEngineTools } from './engine-tools.ts';
import { flushEngineTask, followIndexTask, openEngineTask, type AnnouncedPack } from './worker-engine.ts';

/** Threads, or their stand-in, at work on one repository for the time of one call. */
export interface Engine {
  readonly pool: WorkerPool;
  /**
   * Relies on what a task has saved: results that refer to objects name them here before anything refers to them. Nothing that does
   * is stored before they are. Names that are stored already cost a look-up.
   */
  expect(id: ObjectId | Uint8Array, kind: ObjectKind): void;
}

/** How to open an engine. */
export interface EngineOptions {
  /** Threads; 0 works on the calling thread alone. Default: one for each processor. Storages other than local folders have none. */
  readonly workers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens an engine over a repository, works with it, and closes it in any case. Everything its threads saved is durable when `work`
 * has flushed the repository; what they saved in vain is found again by the next snapshot. Trees of the calling thread that refer to what
 * never became durable are forgotten, and no task runs any more, however it ends.
 *
 * @throws {SnapshotError} `argument/invalid` for a number of workers that is not one, `worker/lost`; whatever `work` throws
 */
export async function withEngine<T>(repository: Repository, options: EngineOptions, work: (engine: Engine) => Promise<T>): Promise<T> {
  const { workers = availableParallelism(), signal } = options;
  if (!Number.isInteger(workers) || workers < 0 || workers > 256) throw new SnapshotError('argument/invalid', `${workers} is not a number of workers; give 0 to 256`);
  const entry = findWorkerEntry();
  const handle = workers === 0 || entry === undefined ? undefined : createEngineHandle(repository.engine);
  const workAndRenew = (engine: Engine) => work({ ...engine, pool: renewLeasesBetweenTasks(repository, engine.pool) });
  return handle === undefined || entry === undefined ? workInline(repository, signal, workAndRenew) : workInThreads(repository, { workers, entry, signal }, workAndRenew);
}

/** Long work may consist of tasks alone, which make no calls that would renew anything. */
function renewLeasesBetweenTasks({ engine }: Repository, pool: WorkerPool): WorkerPool {
  return {
    ...pool,
    async run(task, input, transfer) {
      const output = await pool.run(task, input, transfer);
      await engine.renewLeases();
      return output;
    },
  };
}

async function workInline<T>(repository: Repository, signal: AbortSignal | undefined, work: (engine: Engine) => Promise<T>): Promise<T> {
  const { objects, chunkKeys } = repository.engine;
  const pool = createWorkerPool({ workers: 0, entry: new URL('file:///'), signal });
  const keyed = createKeyedTools(chunkKeys, repository.config.profile);
  const task: WorkerTask<null, void> = {
    name: 'open-inline-engine',
    run: (_, context) => keepEngineTools(context, {
      ...keyed, codec: objects.codec, identity: objects.codec.identity, index: objects.index, localPath: objects.index.handle()?.localPath,
      has: (id, kind) => objects.has(id, kind),
      saveAs: (id, bytes, kind) => objects.saveAs(id, bytes, kind),
      save: (bytes, kind) => objects.save(bytes, kind),
      load: (id) => repository.load(id),
    }),
  };
  try {
    await pool.run(task, null);
    return await work({ pool, expect: () => {} });
  } finally {
    await pool.close();
  }
}

async function workInThreads<T>(
  repository: Repository, { workers, entry, signal }: { readonly workers: number; readonly entry: URL; readonly signal: AbortSignal | undefined },
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const { objects } = repository.engine;
  let failure: { readonly cause: unknown } | undefined;
  let shownGeneration = objects.index.generation;
  const handle = createEngineHandle(repository.engine);
  if (handle === undefined) throw new SnapshotError('argument/invalid', `${repository.description} is not a local folder; work without threads`);

  const take = async (message: AnnouncedPack) => {
    try {
      await objects.addStoredPack(message.announced);
    } catch (error) {
      failure ??= { cause: error };
    }
    Atomics.store(message.arrived, 0, 1);
    Atomics.notify(message.arrived, 0);
    if (objects.index.generation === shownGeneration) return;
    shownGeneration = objects.index.generation;
    const grown = objects.index.handle();
    // A thread that is not told only misses what is new.
    if (grown) pool.runOnAll(followIndexTask, grown).catch(() => {});
  };
  const pool = createWorkerPool({ workers, entry, signal, onPost: (message) => void take(message as AnnouncedPack) });
  const flush = async () => {
    await pool.runOnAll(flushEngineTask, null);
    if (failure !== undefined) throw failure.cause;
  };
  const detach = objects.attach({ flush });
  const temporaryPrefix = `${randomUUID()}-`;
  let isDone = false;
  let isOpen = true;
  const expect = (id: ObjectId | Uint8Array, kind: ObjectKind) => {
    if (!isOpen) throw new SnapshotError('worker/lost', 'the threads that have saved it were ended; repeat the call');
    objects.expect(id, kind);
  };
  try {
    await pool.runOnAll(openEngineTask, { handle, profile: repository.config.profile, temporaryPrefix });
    const result = await work({ pool, expect });
    await flush();
    isDone = true;
    return result;
  } finally {
    isOpen = false;
    detach();
    await pool.close();
    objects.giveUpExpected();
    if (!isDone) removeGrowingFiles(handle.index.localPath, temporaryPrefix);
  }
}
