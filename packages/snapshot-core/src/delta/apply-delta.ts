import { closeSync, fstatSync, openSync } from 'node:fs';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { runInOrder } from '../worker-pool/run-in-order.ts';
import { deltaHeaderBytes } from './delta-format.ts';
import { readDeltaDirectory, type DeltaDirectory } from './delta-directory.ts';
import { openDeltaEnd, type DeltaEnd } from './delta-end.ts';
import { openDeltaPool, type DeltaOptions } from './delta-options.ts';
import { rebuildRegionTask, taskEnd } from './delta-tasks.ts';
import { createDescriptorReader, type EndReader } from './end-reader.ts';
import { createNewFile } from './new-file.ts';
import { wrongBase, type RebuildRequest } from './rebuild-region.ts';

/** What was made. */
export interface AppliedDelta {
  readonly resultBytes: number;
  /** Size of the delta. */
  readonly storedBytes: number;
}

/**
 * Makes the file that a delta leads to, and verifies every byte of it before it appears under its name.
 *
 * The name must be free. Whatever goes wrong, also a power cut, nothing is left under it; see `createNewFile` for what a killed
 * process may leave beside it. Neither the delta nor the base is changed. Zeros become holes where the file system has them.
 *
 * @throws {SnapshotError} `delta/wrong-base`, `format/damaged`, `format/unsupported`, `source/unreadable`, `snapshot/*`, `object/*`, `target/*`
 */
export async function applyDelta(deltaPath: string, from: DeltaEnd, outputPath: string, options: DeltaOptions = {}): Promise<AppliedDelta> {
  const delta = openDeltaFile(deltaPath);
  try {
    const directory = readDeltaDirectory(delta.readNow, delta.reader.bytes, deltaPath);
    const base = await openDeltaEnd(from, options);
    try {
      const { baseBytes, resultBytes } = directory.header;
      if (base.reader.bytes !== baseBytes) throw wrongBase(base.reader, `it has ${base.reader.bytes} bytes, not ${baseBytes}`);
      const file = await createNewFile(outputPath);
      try {
        await file.resize(resultBytes);
        await rebuildAll(directory, delta.reader, base.reader, file.descriptor, options);
        await file.publish();
      } finally {
        await file.discard();
      }
      return { resultBytes, storedBytes: delta.reader.bytes };
    } finally {
      await base.close();
    }
  } finally {
    delta.close();
  }
}

async function rebuildAll({ header, regions }: DeltaDirectory, delta: EndReader, base: EndReader, target: number, options: DeltaOptions): Promise<void> {
  const { pool, workers } = openDeltaPool(options, [delta, base], regions.length);
  try {
    const ends = { delta: taskEnd(delta, workers), base: taskEnd(base, workers), target, hash: header.hash };
    const rebuild = async (request: RebuildRequest): Promise<number> => {
      await pool.run(rebuildRegionTask, { request, ...ends });
      return request.entry.resultBytes;
    };
    let bytesDone = 0;
    for await (const doneBytes of runInOrder(placeRegions(regions), pool.size + 1, rebuild)) {
      bytesDone += doneBytes;
      options.onProgress?.({ bytesDone, totalBytes: header.resultBytes });
    }
    options.signal?.throwIfAborted();
  } finally {
    await pool.close();
  }
}

/** Regions and records follow each other without gaps. */
function placeRegions(regions: DeltaDirectory['regions']): RebuildRequest[] {
  let recordOffset = deltaHeaderBytes;
  let resultOffset = 0;
  return regions.map((entry) => {
    const request = { entry, recordOffset, resultOffset };
    recordOffset += entry.recordBytes;
    resultOffset += entry.resultBytes;
    return request;
  });
}

function openDeltaFile(path: string): { reader: EndReader; readNow: (offset: number, lengthBytes: number) => Uint8Array; close: () => void } {
  const descriptor = openToRead(path);
  const reader = createDescriptorReader({ descriptor, bytes: fstatSync(descriptor).size, description: path });
  return {
    reader,
    readNow(offset, lengthBytes) {
      const bytes = new Uint8Array(lengthBytes);
      // A descriptor's reader reads at once.
      void reader.read(offset, bytes);
      return bytes;
    },
    close: () => closeSync(descriptor),
  };
}

function openToRead(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw new SnapshotError('source/unreadable', `cannot open the delta ${path} (${String(cause)}); check the path and its permissions`, { cause });
  }
}
