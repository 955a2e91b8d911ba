import { createHash } from 'node:crypto';
import { closeSync, createReadStream, ftruncateSync, openSync, writeSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { readImage, type Repository } from '../../src/index.ts';
import { seededBytes } from '../support/tree-operations.ts';

/** More than one region, so that two threads have something to do. */
const imageBytes = 66 * 1_048_576;
const noisePlaces = [0, 10_000_000, 40_000_000, 63_900_000, 67_108_864, 68_500_000];
const noiseBytes = 200_000;

/** Writes an image that is mostly holes. @param seeds of the noise at its six places */
export function writeImage(path: string, seeds: readonly number[]): void {
  const descriptor = openSync(path, 'w');
  try {
    ftruncateSync(descriptor, imageBytes);
    for (const [at, offset] of noisePlaces.entries()) writeSync(descriptor, seededBytes(seeds[at] ?? 0, noiseBytes), 0, noiseBytes, offset);
  } finally {
    closeSync(descriptor);
  }
}

export async function hashOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 4_194_304 }), hash);
  return hash.digest('hex');
}

export async function hashOfImage(repository: Repository, id: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of readImage(repository, id)) hash.update(bytes);
  return hash.digest('hex');
}
