import { availableParallelism } from 'node:os';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { CallOptions } from '../repository/call-options.ts';
import { findWorkerEntry } from '../worker-pool/find-worker-entry.ts';
import { createWorkerPool, type WorkerPool } from '../worker-pool/worker-pool.ts';
import type { EndReader } from './end-reader.ts';

/** How far `createDelta` or `applyDelta` has come. */
export interface DeltaProgress {
  /** Bytes of the result that are described or made. */
  readonly bytesDone: number;
  readonly totalBytes: number;
}

/** What making and applying take alike. */
export interface DeltaOptions extends CallOptions {
  /** Threads, where both ends are files: default one for each processor, at most 4; 0 uses the calling thread. Does not change the delta. */
  readonly workers?: number;
  readonly onProgress?: (progress: DeltaProgress) => void;
}

const maxWorkers = 4;

/** A pool for so many regions between these ends: threads can only share files, and starting them for one region is not worth it. Close it. */
export function openDeltaPool(options: DeltaOptions, ends: readonly EndReader[], regions: number): { pool: WorkerPool; workers: number } {
  const asked = options.workers ?? Math.min(maxWorkers, availableParallelism());
  if (!Number.isInteger(asked) || asked < 0) throw new SnapshotError('argument/invalid', `the number of workers is a whole number from 0 on, not ${asked}`);
  const entry = findWorkerEntry();
  const canShare = entry !== undefined && regions > 1 && ends.every(({ descriptor }) => descriptor !== undefined);
  const workers = canShare ? Math.min(asked, regions) : 0;
  return { pool: createWorkerPool({ workers, entry: entry ?? new URL(import.meta.url), signal: options.signal }), workers };
}
