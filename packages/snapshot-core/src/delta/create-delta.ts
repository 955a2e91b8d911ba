import { SnapshotError } from '../errors/snapshot-error.ts';
import type { HashName } from '../format/repository-config.ts';
import { createIdentity } from '../hashing/create-identity.ts';
import { runInOrder } from '../worker-pool/run-in-order.ts';
import { alignEnds } from './align-ends.ts';
import { hintsFor } from './alignment.ts';
import { encodeDeltaDirectory, encodeDeltaHeader, type DeltaRegion } from './delta-directory.ts';
import { describedRegionBytes, recordBufferBytes } from './delta-memory.ts';
import { openDeltaEnd, type DeltaEnd, type OpenEnd } from './delta-end.ts';
import { openDeltaPool, type DeltaOptions } from './delta-options.ts';
import { describeRegionTask, taskEnd } from './delta-tasks.ts';
import type { DescribedRegion } from './describe-region.ts';
import { describeSnapshots, hashOfBoth } from './describe-snapshots.ts';
import type { EndReader } from './end-reader.ts';
import { createNewFile } from './new-file.ts';

/** Takes a delta as it is made, from its first byte to its last. */
export interface DeltaOutput {
  /** Keeps or sends bytes; the next call waits for it. The bytes may be kept. */
  write(bytes: Uint8Array): Promise<void>;
}

/** How to make a delta. */
export interface CreateDeltaOptions extends DeltaOptions {
  /** Level of zstd for new bytes, 1 (default) to 19. Two versions of an image differ little, so the level matters less than their difference. */
  readonly level?: number;
  /** The hash that protects the result. Default: that of the repository when both ends are its snapshots, else BLAKE3 where it is native, else SHA-256. */
  readonly hash?: HashName;
}

/** What a delta holds. */
export interface DeltaReport {
  readonly baseBytes: number;
  readonly resultBytes: number;
  /** Bytes of the result that are copied from the base, are zero, or are in the delta. */
  readonly copiedBytes: number;
  readonly zeroBytes: number;
  readonly newBytes: number;
  /** Size of the delta. */
  readonly storedBytes: number;
}

/**
 * Makes one self-contained file that turns `from` into `to`, for shipping: what is equal is copied from the base when it is applied,
 * what is new is compressed against what it replaced.
 *
 * Reads each end about once; of two snapshots of one repository only what changed. The same ends, level and hash give the same bytes. Memory does not grow with the ends.
 *
 * @param output a path, where the file appears when it is whole and durable; or a port
 * @throws {SnapshotError} `source/unreadable` (also when a file changes meanwhile), `snapshot/*`, `object/*`, `target/*`, `argument/invalid`
 */
export async function createDelta(from: DeltaEnd, to: DeltaEnd, output: string | DeltaOutput, options: CreateDeltaOptions = {}): Promise<DeltaReport> {
  const level = options.level ?? 1;
  if (!Number.isInteger(level) || level < 1 || level > 19) throw new SnapshotError('argument/invalid', `the level of a delta is a whole number from 1 to 19, not ${level}`);
  const base = await openDeltaEnd(from, options);
  try {
    const result = await openDeltaEnd(to, options);
    try {
      const { hash, regions } = await describeEnds(base, result, { ...options, level });
      const requireUnchanged = (): void => [base, result].forEach((end) => end.requireUnchanged());
      const header = { hash, baseBytes: base.reader.bytes, resultBytes: result.reader.bytes };
      // Whom a port belongs to may not take shared memory.
      if (typeof output !== 'string') return await writeDelta(header, regions, { write: (bytes) => output.write(Uint8Array.prototype.slice.call(bytes)) }, requireUnchanged, options);
      const file = await createNewFile(output);
      try {
        const report = await writeDelta(header, regions, file, requireUnchanged, options);
        await file.publish();
        return report;
      } finally {
        await file.discard();
      }
    } finally {
      await result.close();
    }
  } finally {
    await base.close();
  }
}

/** The regions of the result: from what the repository knows where both ends are its snapshots, else by reading both. */
async function describeEnds(base: OpenEnd, result: OpenEnd, options: CreateDeltaOptions & { readonly level: number }): Promise<{ hash: HashName; regions: AsyncGenerator<DescribedRegion> }> {
  const known = base.snapshot && result.snapshot && (await hashOfBoth(base.snapshot, result.snapshot));
  if (base.snapshot && result.snapshot && known !== undefined && (options.hash ?? known) === known)
    return { hash: known, regions: describeSnapshots(base.snapshot, result.snapshot, known, options.level, options) };
  const hash = options.hash ?? (await fastestHash());
  return { hash, regions: describeRegions(base.reader, result.reader, { ...options, hash }) };
}

/** A region's record is valid until the next one is asked for. */
async function* describeRegions(base: EndReader, result: EndReader, options: CreateDeltaOptions & { readonly level: number; readonly hash: HashName }): AsyncGenerator<DescribedRegion> {
  const { level, hash, signal } = options;
  const starts = Array.from({ length: Math.ceil(result.bytes / describedRegionBytes) }, (_, index) => index * describedRegionBytes);
  const { pool, workers } = openDeltaPool(options, [base, result], starts.length);
  try {
    const hints = await alignEnds(base, result, pool, workers, () => signal?.throwIfAborted());
    const ends = { base: taskEnd(base, workers), result: taskEnd(result, workers) };
    const atATime = pool.size + 1;
    const bufferBytes = Math.min(recordBufferBytes, result.bytes + 65_536);
    const buffers = Array.from({ length: Math.min(atATime, starts.length) }, () => new SharedArrayBuffer(bufferBytes));
    const describe = ([index, start]: readonly [number, number]): Promise<DescribedRegion> => {
      // Whoever takes regions has done with the one before last when the next is started.
      const into = buffers[index % atATime];
      const end = Math.min(result.bytes, start + describedRegionBytes);
      return pool.run(describeRegionTask, { request: { start, end, hints: hintsFor(hints, start, end), level, ...(into && { into }) }, ...ends, hash });
    };
    yield* runInOrder(starts.entries(), atATime, describe);
  } finally {
    await pool.close();
  }
}

async function writeDelta(
  header: { hash: HashName; baseBytes: number; resultBytes: number }, regions: AsyncIterable<DescribedRegion>, output: DeltaOutput, requireUnchanged: () => void, options: CreateDeltaOptions,
): Promise<DeltaReport> {
  const entries: DeltaRegion[] = [];
  const report = { baseBytes: header.baseBytes, resultBytes: header.resultBytes, copiedBytes: header.resultBytes, zeroBytes: 0, newBytes: 0, storedBytes: 0 };
  let bytesDone = 0;
  const write = async (bytes: Uint8Array): Promise<void> => {
    options.signal?.throwIfAborted();
    await output.write(bytes);
    report.storedBytes += bytes.length;
  };
  await write(encodeDeltaHeader(header));
  for await (const { entry, record, newBytes, zeroBytes } of regions) {
    await write(record);
    entries.push(entry);
    report.newBytes += newBytes;
    report.zeroBytes += zeroBytes;
    bytesDone += entry.resultBytes;
    options.onProgress?.({ bytesDone, totalBytes: header.resultBytes });
  }
  // Without its end a delta is none: what was written of changing ends is never taken for one.
  requireUnchanged();
  await write(encodeDeltaDirectory({ header, regions: entries }));
  return { ...report, copiedBytes: report.resultBytes - report.newBytes - report.zeroBytes };
}

async function fastestHash(): Promise<HashName> {
  const { implementation } = await createIdentity('blake3');
  return implementation === 'native' ? 'blake3' : 'sha-256';
}
