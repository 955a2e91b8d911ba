import { SnapshotError } from '../errors/snapshot-error.ts';
import type { WorkerPool, WorkerPoolOptions } from './worker-pool.ts';
import type { TaskContext, WorkerTask } from './worker-task.ts';

/**
 * The same without threads: tasks run one after the other where they are called, with the very objects they are given. Nobody can end a task
 * from outside, so `close` waits for the one that runs; tasks that wait for their turn never start.
 */
export function createInlinePool({ onPost, signal }: Pick<WorkerPoolOptions, 'onPost' | 'signal'>): WorkerPool {
  let isClosed = false;
  let last: Promise<unknown> = Promise.resolve();
  const requireOpen = () => {
    signal?.throwIfAborted();
    if (isClosed) throw new SnapshotError('worker/lost', 'the work was ended before this part of it was done; repeat the call');
  };
  const context: TaskContext = { memory: new Map(), post: (message) => onPost?.(message), throwIfAborted: requireOpen };

  function run<Input, Output>(task: WorkerTask<Input, Output>, input: Input): Promise<Output> {
    const next = last.then(() => {
      requireOpen();
      return task.run(input, context);
    });
    last = next.catch(() => undefined);
    return next;
  }

  async function close(): Promise<void> {
    isClosed = true;
    await last;
  }

  return { size: 1, run, runOnAll: async (task, input) => [await run(task, input)], close };
}
