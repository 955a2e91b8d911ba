import { createInlinePool } from './inline-pool.ts';
import { createThreadPool } from './thread-pool.ts';
import type { WorkerTask } from './worker-task.ts';

/** Threads that run tasks, or their stand-in on the calling thread. */
export interface WorkerPool {
  /** Tasks that run at the same time; give it about twice as many and wait for answers in between. At least 1. */
  readonly size: number;
  /**
   * Runs a task on the next free thread. Tasks start in the order of the calls.
   *
   * @throws what the task throws; `worker/lost` when its thread died; the pool's abort reason
   */
  run<Input, Output>(task: WorkerTask<Input, Output>, input: Input, transfer?: readonly ArrayBuffer[]): Promise<Output>;
  /** Runs a task once on every thread, in its turn there. */
  runOnAll<Input, Output>(task: WorkerTask<Input, Output>, input: Input): Promise<Output[]>;
  /**
   * Ends the threads, or waits for the task that runs where there are none; nothing runs any more when it resolves. What is given up or never
   * started rejects with `worker/lost`.
   */
  close(): Promise<void>;
}

/** How to make a pool. */
export interface WorkerPoolOptions {
  /** Number of threads; 0 runs every task on the calling thread. */
  readonly workers: number;
  /** The module that registers the tasks, as a worker thread loads it. */
  readonly entry: URL;
  /** What tasks `post`, in order per thread. */
  readonly onPost?: (message: unknown) => void;
  /** Ends waiting and running tasks with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Starts threads at once. Close the pool, or they keep the process alive. */
export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  return options.workers === 0 ? createInlinePool(options) : createThreadPool(options);
}
