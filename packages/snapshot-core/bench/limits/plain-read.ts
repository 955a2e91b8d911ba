import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { Worker, isMainThread, workerData } from 'node:worker_threads';

// `node plain-read.ts FILE WORKERS`: reads a file like the engine does, and does nothing with it. Every worker takes the
// next region of 64 MiB and reads it into one small window, 512 KiB at a time. Imports nothing, so that it starts at once.

const regionBytes = 64 << 20;
const windowBytes = 512 << 10;

interface Shared {
  readonly path: string;
  /** One number: the next region. */
  readonly next: Int32Array;
}

function readRegions({ path, next }: Shared): void {
  const window = new Uint8Array(windowBytes);
  const file = openSync(path, 'r');
  const size = fstatSync(file).size;
  for (let start = 0; (start = Atomics.add(next, 0, 1) * regionBytes) < size;) {
    for (let at = start; at < Math.min(start + regionBytes, size);) at += readSync(file, window, 0, windowBytes, at);
  }
  closeSync(file);
}

if (isMainThread) {
  const [path = '', workers = '1'] = process.argv.slice(2);
  const shared: Shared = { path, next: new Int32Array(new SharedArrayBuffer(4)) };
  const startWorker = (): Worker => new Worker(new URL(import.meta.url), { workerData: shared });
  for (let worker = 0; worker < Number(workers); worker += 1) startWorker();
} else readRegions(workerData as Shared);
