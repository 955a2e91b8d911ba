import { chunkProfiles } from '../../src/chunking/chunk-profiles.ts';
import { deriveSieveParameters } from '../../src/chunking/sieve-parameters.ts';
import { createKernels } from '../../src/kernels/create-kernels.ts';
import type { Kernels } from '../../src/kernels/kernels.ts';
import type { SieveParameters } from '../../src/kernels/sieve-parameters.ts';
import { createRandom } from '../data/create-random.ts';
import { fillContent, type ContentKind } from '../data/fill-content.ts';

const dataBytes = 8 << 20;
/** What stays in the nearest caches, like the windows that callers read into. */
const nearBytes = 512 << 10;
const rounds = 11;

/** One thing to be measured: what `run` does to the first of `dataBytes` bytes; `prepare` puts them there. */
interface Contender {
  readonly name: string;
  readonly prepare: () => void;
  readonly run: (spanBytes: number) => void;
}

/**
 * GB/s of one thread by processor time, which the neighbours of a busy machine disturb least: medians of interleaved
 * rounds. Far data lie in the third-level cache at best.
 */
export function measureKernelSpeed(): Record<string, string>[] {
  const kernels = createKernels({ dataBytes: 2 * dataBytes + 65_536 });
  const { bytes, dataStart: start } = kernels;
  const fill = (kind: ContentKind, seed = 1): void => fillContent(bytes.subarray(start, start + dataBytes), kind, seed, 1);
  const contenders: Contender[] = [];
  for (const [profile, sizes] of Object.entries(chunkProfiles))
    for (const kind of ['incompressible', 'binary', 'text'] as const) {
      const parameters = deriveSieveParameters(new Uint8Array(32), sizes);
      contenders.push({ name: `scan ${profile}, ${kind}`, prepare: () => (fill(kind), kernels.setSieve(parameters)), run: (span) => scan(kernels, span) });
    }
  const area = (lengthBytes: number, look: (at: number) => unknown) => (span: number): void => {
    for (let at = start; at < start + span; at += lengthBytes) look(at);
  };
  contenders.push({ name: 'all-zero test, 64 KiB', prepare: () => fill('zero'), run: area(65_536, (at) => kernels.isAllZero(at, 65_536)) });
  for (const kib of [8, 64, 512])
    contenders.push({ name: `probe, random, ${kib} KiB`, prepare: () => fill('incompressible'), run: area(kib * 1_024, (at) => kernels.isIncompressible(at, kib * 1_024)) });
  contenders.push({ name: 'probe, text, 64 KiB', prepare: () => fill('text'), run: area(65_536, (at) => kernels.isIncompressible(at, 65_536)) });
  contenders.push({ name: 'compare, equal, 4 KiB blocks', prepare: () => void bytes.copyWithin(start + dataBytes, start, start + dataBytes), run: (span) => void kernels.differingBlocks(start, start + dataBytes, span, 4_096, start + 2 * dataBytes) });
  contenders.push({ name: 'Buffer.compare, for comparison', prepare: () => void bytes.copyWithin(start + dataBytes, start, start + dataBytes), run: (span) => void Buffer.compare(bytes.subarray(start, start + span), bytes.subarray(start + dataBytes, start + dataBytes + span)) });
  const measured = contenders.map(({ name }) => ({ name, near: [] as number[], far: [] as number[] }));
  for (let round = 0; round < rounds; round++)
    for (const [index, { prepare, run }] of contenders.entries()) {
      prepare();
      measured[index]?.near.push(speedOf(() => run(nearBytes), nearBytes));
      measured[index]?.far.push(speedOf(() => run(dataBytes), dataBytes));
    }
  return measured.map(({ name, near, far }) => ({ kernel: name, 'GB/s of 512 KiB': median(near).toFixed(1), 'GB/s of 8 MiB': median(far).toFixed(1) }));
}

/** The scan over runs of each byte value under several keys; then over patterns, with each target that meets them. */
export function measureRunSpeed(): Record<string, string>[] {
  const kernels = createKernels({ dataBytes });
  const run = (): void => scan(kernels, dataBytes);
  const base = deriveSieveParameters(new Uint8Array(32), chunkProfiles.large);
  const repeat = (pattern: readonly number[]): void => {
    const area = kernels.bytes.subarray(kernels.dataStart, kernels.dataStart + dataBytes);
    for (let index = 0; index < pattern.length; index++) area[index] = pattern[index] ?? 0;
    for (let done = pattern.length; done < dataBytes; done *= 2) area.copyWithin(done, 0, Math.min(done, dataBytes - done));
  };
  const speedUnder = (parameters: SieveParameters): number => {
    kernels.setSieve(parameters);
    run();
    return median([speedOf(run, dataBytes), speedOf(run, dataBytes), speedOf(run, dataBytes)]);
  };
  const rows: Record<string, string>[] = [];
  for (const key of [0, 1, 2]) {
    const speeds = Array.from({ length: 256 }, (_, byte) => {
      repeat([byte]);
      return speedUnder(deriveSieveParameters(new Uint8Array(32).fill(key), chunkProfiles.large));
    });
    rows.push(row(`256 runs, key ${key}`, speeds));
  }
  for (const pattern of [[0], [7, 9], [1, 2, 3], [0, 0, 0, 1], [0, 255, 0, 0, 0, 1, 0, 0], Array.from({ length: 16 }, (_, index) => index)]) {
    repeat(pattern);
    rows.push(row(`pattern ${pattern.slice(0, 8).join(' ')}, 256 targets`, Array.from({ length: 256 }, (_, stageOneTarget) => speedUnder({ ...base, stageOneTarget }))));
  }
  // Runs too short to be skipped as a whole, of a value that every window of them matches.
  const random = createRandom(1);
  const short = Array.from({ length: 1 << 20 }, (_, index) => (index % 90 < 80 ? 5 : random.below(256)));
  repeat(short);
  rows.push(row('runs of 80 in noise, 256 targets', Array.from({ length: 256 }, (_, stageOneTarget) => speedUnder({ ...base, stageOneTarget }))));
  return rows;
}

function row(data: string, speeds: readonly number[]): Record<string, string> {
  return { data, 'slowest GB/s': Math.min(...speeds).toFixed(1), 'median GB/s': median(speeds).toFixed(1) };
}

function scan(kernels: Kernels, spanBytes: number): void {
  const end = kernels.dataStart + spanBytes;
  for (let at = kernels.dataStart; at < end; ) at = kernels.findCut(at, end);
}

/** Repeats until the clock of the processor time has something to say. */
function speedOf(run: () => void, bytes: number): number {
  const begin = process.cpuUsage();
  for (let times = 1; ; times++) {
    run();
    const microseconds = process.cpuUsage(begin).user;
    if (microseconds > 4_000) return (times * bytes) / microseconds / 1_000;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[values.length >> 1] ?? 0;
}
