import { hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChunkSizes } from '../../src/chunking/chunk-profiles.ts';
import { deriveSieveParameters } from '../../src/chunking/sieve-parameters.ts';
import { createKernels } from '../../src/kernels/create-kernels.ts';
import { planImageEdits } from '../data/plan-image-edits.ts';
import { writeEditedImage, writeImage } from '../data/write-images.ts';
import { createGearTable, gearCut } from './gear-cut.ts';

const imageBytes = 128 << 20;
const rounds = 12;

type NextCut = (start: number) => number;

/** What a second version of an image adds to the first, by average chunk size: under sieve-v1 and under FastCDC. Sums over several images and keys. */
export function measureBoundaryQuality(averages: readonly number[]): Record<string, string>[] {
  const folder = mkdtempSync(join(tmpdir(), 'winre-kit-bench-'));
  try {
    const rows = averages.map((averageBytes) => ({ averageBytes, sieve: 0, gear: 0, sieveChunks: 0, gearChunks: 0, changed: 0 }));
    for (let seed = 1; seed <= rounds; seed++) {
      const [first, second] = [join(folder, 'first'), join(folder, 'second')];
      const edits = planImageEdits(seed, imageBytes);
      writeImage(first, seed, imageBytes);
      writeEditedImage(first, second, seed, edits);
      const versions = [first, second].map((path) => readFileSync(path));
      for (const row of rows) {
        const sizes = { minBytes: row.averageBytes / 4, averageBytes: row.averageBytes, maxBytes: 4 * row.averageBytes };
        const sieve = newBytes(versions, sieveOver(seed, sizes));
        const gear = newBytes(versions, gearOver(seed, sizes));
        row.sieve += sieve.bytes;
        row.gear += gear.bytes;
        row.sieveChunks += sieve.chunks;
        row.gearChunks += gear.chunks;
        row.changed += edits.changedBytes;
      }
    }
    const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
    const realAverage = (chunks: number): string => `${((rounds * imageBytes) / chunks / 1_024).toFixed(1)} KiB`;
    return rows.map(({ averageBytes, sieve, gear, sieveChunks, gearChunks, changed }) => ({
      average: `${averageBytes / 1_024} KiB`,
      'truly changed MiB': mib(changed),
      'sieve-v1 new MiB': mib(sieve),
      'FastCDC new MiB': mib(gear),
      'more than FastCDC': `${((sieve / gear - 1) * 100).toFixed(1)} %`,
      'real average, sieve-v1': realAverage(sieveChunks),
      'real average, FastCDC': realAverage(gearChunks),
    }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function newBytes(versions: readonly Buffer[], cutter: (version: Buffer) => NextCut): { bytes: number; chunks: number } {
  const known = new Set<string>();
  let bytes = 0;
  let chunks = 0;
  for (const [ordinal, version] of versions.entries()) {
    const next = cutter(version);
    for (let start = 0; start < version.length; ) {
      const end = next(start);
      const id = hash('sha1', version.subarray(start, end));
      if (ordinal === 0) chunks += 1;
      else if (!known.has(id)) bytes += end - start;
      known.add(id);
      start = end;
    }
  }
  return { bytes, chunks };
}

function sieveOver(seed: number, sizes: ChunkSizes): (version: Buffer) => NextCut {
  const kernels = createKernels({ dataBytes: imageBytes + (imageBytes >> 3) });
  kernels.setSieve(deriveSieveParameters(new Uint8Array(32).fill(seed), sizes));
  return (version) => {
    kernels.bytes.set(version, kernels.dataStart);
    return (start) => kernels.findCut(kernels.dataStart + start, kernels.dataStart + version.length) - kernels.dataStart;
  };
}

function gearOver(seed: number, sizes: ChunkSizes): (version: Buffer) => NextCut {
  const table = createGearTable(seed);
  return (version) => (start) => gearCut(version, start, version.length, sizes, table);
}
