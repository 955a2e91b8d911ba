import { chunkProfiles } from '../../src/chunking/chunk-profiles.ts';
import { deriveSieveParameters } from '../../src/chunking/sieve-parameters.ts';
import { createKernels } from '../../src/kernels/create-kernels.ts';
import type { Kernels } from '../../src/kernels/kernels.ts';
import { imagePieces } from '../data/image-pieces.ts';
import { measureBoundaryQuality } from '../kernels/boundary-quality.ts';
import type { BenchContext } from '../run/bench-context.ts';

const sampleBytes = 64 << 20;
const runBytes = 4 << 20;
const repetitions = 3;
const leastMicroseconds = 4_000;

/** One round of the boundary scan on one core: the image's own bytes, and the run of one value that it takes longest for. */
export function kernelWork(context: BenchContext, round: number): void {
  context.say(`round ${round}: boundary scan`);
  const kernels = createKernels({ dataBytes: sampleBytes });
  kernels.setSieve(deriveSieveParameters(new Uint8Array(32).fill(round), chunkProfiles.large));
  let filled = kernels.dataStart;
  for (const piece of imagePieces(context.seed, sampleBytes)) {
    kernels.bytes.set(piece, filled);
    filled += piece.length;
  }
  const turn = { work: 'kernel', contender: 'ours kernel', round } as const;
  context.record({ ...turn, step: 'scan', measures: { gigabytesPerSecond: bestSpeed(kernels, sampleBytes) } });
  let slowest = Infinity;
  for (let value = 0; value < 256; value += 1) {
    kernels.bytes.fill(value, kernels.dataStart, kernels.dataStart + runBytes);
    slowest = Math.min(slowest, bestSpeed(kernels, runBytes));
  }
  context.record({ ...turn, step: 'slowest run', measures: { gigabytesPerSecond: slowest } });
}

/** What a second version adds under our boundaries and under those of FastCDC, by average chunk size. */
export function boundaryWork(context: BenchContext): void {
  context.say('boundaries beside those of FastCDC');
  for (const row of measureBoundaryQuality([8, 16, 32, 64].map((kibibytes) => kibibytes * 1024))) {
    const record = (contender: string, mebibytes: string | undefined): void =>
      context.record({ work: 'kernel', step: `boundaries at ${row['average'] ?? ''}`, contender, round: 1, measures: { addedBytes: Number(mebibytes) * 2 ** 20 } });
    record('ours kernel', row['sieve-v1 new MiB']);
    record('FastCDC', row['FastCDC new MiB']);
  }
}

/** The best of a few by the thread's own CPU time: what else runs on the machine only ever makes it slower. Decimal gigabytes per second. */
function bestSpeed(kernels: Kernels, bytes: number): number {
  const end = kernels.dataStart + bytes;
  const scan = (): void => {
    for (let at = kernels.dataStart; at < end;) at = kernels.findCut(at, end);
  };
  return Math.max(...Array.from({ length: repetitions }, () => speedOf(scan, bytes)));
}

/** Repeats until that clock, which may tick every few milliseconds only, has something to say. */
function speedOf(scan: () => void, bytes: number): number {
  const before = process.threadCpuUsage();
  for (let times = 1; ; times += 1) {
    scan();
    const { user, system } = process.threadCpuUsage(before);
    if (user + system >= leastMicroseconds) return (times * bytes) / (user + system) / 1e3;
  }
}
