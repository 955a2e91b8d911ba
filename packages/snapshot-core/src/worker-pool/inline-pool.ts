import type { WorkerPool, WorkerPoolOptions } from './worker-pool.ts';
import type { TaskContext, WorkerTask } from './worker-task.ts';

/** The same without threads: tasks run one after the other where they are called, with the very objects they are given. */
export function createInlinePool({ onPost, signal }: Pick<WorkerPoolOptions, 'onPost' | 'signal'>): WorkerPool {
  const context: TaskContext = { memory: new Map(), post: (message) => onPost?.(message), throwIfAborted: () => signal?.throwIfAborted() };
  let last: Promise<unknown> = Promise.resolve();

  function run<Input, Output>(task: WorkerTask<Input, Output>, input: Input): Promise<Output> {
    const next = last.then(() => {
      signal?.throwIfAborted();
      return task.run(input, context);
    });
    last = next.catch(() => undefined);
    return next;
  }

  return { size: 1, run, runOnAll: async (task, input) => [await run(task, input)], close: async () => {} };
}
