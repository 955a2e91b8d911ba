import { parentPort, workerData } from 'node:worker_threads';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { packError } from './portable-error.ts';
import type { TaskReply, TaskRequest, WorkerStart } from './worker-messages.ts';
import type { AnyTask, TaskContext } from './worker-task.ts';

/** The worker's side of a pool: runs the named tasks it is asked for, one at a time. Call it once, in the entry module. */
export function serveTasks(tasks: readonly AnyTask[]): void {
  const port = parentPort;
  if (port === null) throw new SnapshotError('argument/invalid', 'tasks are served in worker threads only; this module is the entry of one');
  const { abortFlag } = workerData as WorkerStart;
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const reply = (message: TaskReply) => port.postMessage(message);
  const context: TaskContext = {
    memory: new Map(),
    post: (message) => reply({ kind: 'post', message }),
    throwIfAborted() {
      if (Atomics.load(abortFlag, 0) === 1) throw new SnapshotError('worker/lost', 'the work was aborted');
    },
  };

  async function serve({ task: name, input }: TaskRequest): Promise<void> {
    try {
      const task = byName.get(name);
      if (task === undefined) throw new SnapshotError('argument/invalid', `no task is called ${name}`);
      context.throwIfAborted();
      reply({ kind: 'result', output: await task.run(input, context) });
    } catch (error) {
      reply({ kind: 'error', error: packError(error) });
    }
  }

  port.on('message', (request: TaskRequest) => void serve(request));
  // What was asked for is unknown, so it cannot be answered. Thrown here it ends the thread, which the pool hears of.
  port.on('messageerror', (error) => {
    throw error;
  });
}
