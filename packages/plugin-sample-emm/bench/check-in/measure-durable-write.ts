import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const rounds = 31;
const blockBytes = 4096;

/** Median milliseconds of writing one block to the end of a file in this folder and having it on the disk. */
export function measureDurableWrite(folder: string): number {
  const path = join(folder, 'durable-write');
  const file = openSync(path, 'w');
  const block = new Uint8Array(blockBytes);
  const times = Array.from({ length: rounds }, () => {
    const startedMs = performance.now();
    writeSync(file, block);
    fsyncSync(file);
    return performance.now() - startedMs;
  });
  closeSync(file);
  rmSync(path);
  return times.toSorted((one, other) => one - other)[(rounds - 1) / 2] ?? 0;
}
