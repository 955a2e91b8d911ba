import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { BenchContext } from '../run/bench-context.ts';
import type { LimitName } from './limit-operations.ts';

/** Bytes per second of the whole machine, all workers together, by operation. */
export type Limits = Readonly<Record<LimitName, number>>;

const names: readonly LimitName[] = ['read', 'write', 'scan', 'blake3', 'sha256', 'encrypt', 'zstd', 'unzstd'];

/** Measures each of the machine's own limits for `forMs`, on as many threads as the engine uses. */
export async function measureLimits(context: BenchContext, imagePath: string, workerCount: number, forMs: number): Promise<Limits> {
  const workers = Array.from({ length: workerCount }, (_, ordinal) =>
    new Worker(new URL('./limit-worker.ts', import.meta.url), { workerData: { path: imagePath, scratchPath: join(context.folder, `limit-${ordinal}`), forMs } }),
  );
  try {
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    const limits: Partial<Record<LimitName, number>> = {};
    for (const name of names) {
      const speeds = await Promise.all(workers.map(async (worker) => {
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
        worker.postMessage(name);
        const [bytesPerSecond] = (await once(worker, 'message')) as [number];
        return bytesPerSecond;
      }));
      limits[name] = speeds.reduce((sum, speed) => sum + speed, 0);
    }
    return limits as Limits;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
