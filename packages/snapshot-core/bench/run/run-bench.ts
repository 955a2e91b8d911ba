import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { limitsWork } from '../limits/limits-work.ts';
import type { Limits } from '../limits/measure-limits.ts';
import { findContenders } from '../peers/find-contenders.ts';
import { builtProgram, sourceProgram } from '../peers/ours.ts';
import { bars } from '../report/bars.ts';
import type { BenchRow } from '../report/bench-row.ts';
import type { RunFacts } from '../report/json-line.ts';
import { median } from '../report/median.ts';
import { memoryRows } from '../report/memory-rows.ts';
import { rowsFromSamples } from '../report/rows-from-samples.ts';
import { deltaWork } from '../works/delta-work.ts';
import { diskWork } from '../works/disk-work.ts';
import { imageWork } from '../works/image-work.ts';
import { indexWork } from '../works/index-work.ts';
import { boundaryWork, kernelWork } from '../works/kernel-work.ts';
import { makeImages } from '../works/make-images.ts';
import { memoryWork } from '../works/memory-work.ts';
import { makeTree, treeWork } from '../works/tree-work.ts';
import { warmMemory } from '../works/warm-memory.ts';
import type { BenchContext } from './bench-context.ts';
import type { BenchOptions } from './parse-bench-options.ts';
import type { Sample } from './sample.ts';
import { scales } from './scale.ts';

/** What came out of a run. */
export interface BenchResult {
  readonly rows: readonly BenchRow[];
  readonly facts: RunFacts;
}

/** Runs everything in a folder of its own, which is removed in the end. @param say tells how far it is */
export async function runBench(options: BenchOptions, say: (line: string) => void): Promise<BenchResult> {
  const scale = scales[options.scale];
  const [samples, failures, limits]: [Sample[], string[], Limits[]] = [[], [], []];
  const folder = mkdtempSync(join(options.work, 'bench-delta-'));
  // Interrupted, it must not leave gigabytes in memory behind.
  const cleanUp = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', cleanUp);
  const field = await findContenders(options.fromSource ? sourceProgram : builtProgram, options);
  const context: BenchContext = {
    seed: options.seed, scale, folder, field, say,
    record: (sample) => void samples.push(sample),
    fail: (message) => {
      say(`FAILED ${message}`);
      failures.push(message);
    },
  };
  const does = (work: string): boolean => options.only?.includes(work) ?? true;
  try {
    if (does('image')) warmMemory(context);
    const images = makeImages(context);
    const tree = makeTree(context);
    for (let round = 1; round <= options.rounds; round += 1) {
      limits.push(await limitsWork(context, images, tree, round, options.scale === 'full' ? 500 : 100));
      if (does('kernel')) kernelWork(context, round);
      if (does('image')) await imageWork(context, images, round);
      if (options.disk !== undefined) await diskWork(context, options.disk, images, round);
      if (does('delta')) await deltaWork(context, images, round);
      if (does('tree')) await treeWork(context, tree, round);
    }
    if (does('memory')) await memoryWork(context);
    if (does('kernel') && options.scale === 'full') boundaryWork(context);
    if (does('index')) await indexWork(context, options.scale !== 'full');
  } finally {
    cleanUp();
    process.off('exit', cleanUp);
  }
  return {
    rows: [...rowsFromSamples({ samples, limits, imageBytes: scale.imageBytes }, bars), ...memoryRows(samples)],
    facts: {
      scale: options.scale, rounds: options.rounds, imageBytes: scale.imageBytes, treeFiles: scale.treeFiles, seed: options.seed,
      cpus: availableParallelism(), versions: field.versions, limits: mediansOf(limits), failures,
    },
  };
}

function mediansOf(limits: readonly Limits[]): Partial<Limits> {
  const names = Object.keys(limits[0] ?? {}) as (keyof Limits)[];
  return Object.fromEntries(names.map((name) => [name, Math.round(median(limits.map((round) => round[name])) ?? 0)]));
}
