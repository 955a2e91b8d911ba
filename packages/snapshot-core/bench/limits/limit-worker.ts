import { parentPort, workerData } from 'node:worker_threads';
import { createLimitOperations } from './limit-operations.ts';
import type { LimitName } from './limit-operations.ts';

// A worker thread of `measure-limits.ts`: repeats the named operation for a while and answers bytes per second.

const { path, scratchPath, forMs } = workerData as { readonly path: string; readonly scratchPath: string; readonly forMs: number };
const operations = await createLimitOperations(path, scratchPath);

function answer(message: 'ready' | number): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
  parentPort?.postMessage(message);
}

parentPort?.on('message', (name: LimitName) => {
  const run = operations[name];
  run();
  let bytes = 0;
  const startedMs = performance.now();
  while (performance.now() - startedMs < forMs) bytes += run();
  answer(bytes / ((performance.now() - startedMs) / 1000));
});
answer('ready');
