import { runInOrder } from '../worker-pool/run-in-order.ts';
import type { WorkerPool } from '../worker-pool/worker-pool.ts';
import { createDeltaMemory } from './delta-memory.ts';
import { searchBaseTask, taskEnd } from './delta-tasks.ts';
import type { AlignmentHint } from './alignment.ts';
import type { EndReader } from './end-reader.ts';
import { anchorsAt, planAlignment, probeStepBytes } from './plan-alignment.ts';
import { confirmHints, mergeHints } from './search-base.ts';

/**
 * The whole base is searched when so large a share of its size is lost. Searching a gigabyte takes a quarter of a second; sending a
 * thirty-second of it, compressed, as long over a fast network.
 */
const searchedShare = 32;
const searchTaskBytes = 67_108_864;

/** Hints for all of the result: from nearby, and from everywhere when much is found nowhere near. */
export async function alignEnds(base: EndReader, result: EndReader, pool: WorkerPool, workers: number, throwIfAborted: () => void): Promise<readonly AlignmentHint[]> {
  const memory = createDeltaMemory();
  const { hints, lost } = await planAlignment(memory, base, result, throwIfAborted);
  if (lost.length * probeStepBytes * searchedShare < base.bytes || lost.length === 0) return hints;
  const table = await anchorsAt(memory, result, lost);
  const starts = Array.from({ length: Math.ceil(base.bytes / searchTaskBytes) }, (_, index) => index * searchTaskBytes);
  const search = (start: number) => pool.run(searchBaseTask, { base: taskEnd(base, workers), start, end: Math.min(base.bytes, start + searchTaskBytes), table });
  const found: AlignmentHint[] = [];
  for await (const some of runInOrder(starts, 2 * pool.size, search)) found.push(...some);
  return mergeHints([...hints, ...confirmHints(found)]);
}
