import { Worker } from 'node:worker_threads';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { unpackError } from './portable-error.ts';
import type { TaskReply, TaskRequest, WorkerStart } from './worker-messages.ts';
import type { WorkerPool, WorkerPoolOptions } from './worker-pool.ts';
import type { WorkerTask } from './worker-task.ts';

/** A task on its way. */
interface Job {
  readonly request: TaskRequest;
  readonly transfer: readonly ArrayBuffer[];
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** One thread: what it is doing, and what only it may do. */
interface Thread {
  readonly worker: Worker;
  readonly own: Job[];
  running: Job | undefined;
  lost: SnapshotError | undefined;
}

/** A pool of worker threads. */
export function createThreadPool({ workers, entry, onPost, signal }: WorkerPoolOptions): WorkerPool {
  const waiting: Job[] = [];
  const abortFlag = new Int32Array(new SharedArrayBuffer(4));
  const threads = Array.from({ length: workers }, () => start());
  const onAbort = () => {
    Atomics.store(abortFlag, 0, 1);
    // What runs ends by itself within milliseconds and must not touch its files after we have answered.
    for (const job of [...waiting.splice(0), ...threads.flatMap(({ own }) => own.splice(0))]) job.reject(signal?.reason);
  };
  signal?.addEventListener('abort', onAbort, { once: true });

  function start(): Thread {
    const start: WorkerStart = { abortFlag };
    const thread: Thread = { worker: new Worker(entry, { workerData: start, execArgv: [] }), own: [], running: undefined, lost: undefined };
    thread.worker.on('message', (reply: TaskReply) => receive(thread, reply));
    thread.worker.on('error', (error) => lose(thread, error));
    // Its answer is gone, and nobody knows which: the call would wait for ever.
    thread.worker.on('messageerror', (error) => {
      lose(thread, error);
      void thread.worker.terminate();
    });
    thread.worker.on('exit', () => lose(thread));
    return thread;
  }

  function receive(thread: Thread, reply: TaskReply): void {
    if (reply.kind === 'post') return onPost?.(reply.message);
    const job = thread.running;
    thread.running = undefined;
    if (reply.kind === 'result') job?.resolve(reply.output);
    else job?.reject(signal?.aborted === true ? signal.reason : unpackError(reply.error));
    next(thread);
  }

  function lose(thread: Thread, cause?: unknown): void {
    thread.lost ??= new SnapshotError('worker/lost', `a worker thread ended in the middle of its work${cause instanceof Error ? ` (${cause.message})` : ''}; repeat the call`, { cause });
    thread.running?.reject(thread.lost);
    thread.running = undefined;
    for (const job of thread.own.splice(0)) job.reject(thread.lost);
    if (allLost() !== undefined) for (const job of waiting.splice(0)) job.reject(thread.lost);
  }

  function allLost(): SnapshotError | undefined {
    return threads.every(({ lost }) => lost !== undefined) ? threads[0]?.lost : undefined;
  }

  function next(thread: Thread): void {
    if (thread.running !== undefined || thread.lost !== undefined) return;
    const job = thread.own.shift() ?? waiting.shift();
    if (job === undefined) return;
    thread.running = job;
    try {
      thread.worker.postMessage(job.request, job.transfer);
    } catch (error) {
      // What cannot be cloned never left.
      thread.running = undefined;
      job.reject(error);
      next(thread);
    }
  }

  function submit<Input, Output>(task: WorkerTask<Input, Output>, input: Input, transfer: readonly ArrayBuffer[], thread?: Thread): Promise<Output> {
    return new Promise<Output>((resolve, reject) => {
      const lost = thread === undefined ? allLost() : thread.lost;
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- a signal's reason reaches the caller unchanged
      if (signal?.aborted === true) return reject(signal.reason);
      if (lost !== undefined) return reject(lost);
      const job: Job = { request: { task: task.name, input }, transfer, resolve: (output) => resolve(output as Output), reject };
      (thread?.own ?? waiting).push(job);
      for (const each of thread === undefined ? threads : [thread]) next(each);
    });
  }

  return {
    size: workers,
    run: (task, input, transfer = []) => submit(task, input, transfer),
    runOnAll: (task, input) => Promise.all(threads.map((thread) => submit(task, input, [], thread))),
    async close() {
      signal?.removeEventListener('abort', onAbort);
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}
