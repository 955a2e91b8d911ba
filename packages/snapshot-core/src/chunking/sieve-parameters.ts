import { hkdfSync } from 'node:crypto';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { SieveParameters } from '../kernels/sieve-parameters.ts';
import type { ChunkSizes } from './chunk-profiles.ts';

export type { SieveParameters };

const multiplierCount = 9;
const keyBytes = 32;
/** Stage one lets 1 position in 2^8 pass. */
const stageOneBits = 8;
/**
 * Normalised chunking: cuts are four times rarer at first and four times more frequent later. From the change on a cut is still a
 * quarter of the average away, and one chunk in seven ended before it: half a smallest chunk early makes chunks as long as the profile says.
 */
const normalisationBits = 2;

/**
 * Derives the constants of `sieve-v1` from a repository's chunking key (32 bytes) by HKDF-SHA-256.
 *
 * Pure: the same key and sizes give the same constants for ever.
 *
 * @throws {SnapshotError} `argument/invalid` for a key of another length, or sizes that are not ordered powers of two
 * @see docs/design/repository-format.md#sieve-v1
 */
export function deriveSieveParameters(chunkingKey: Uint8Array, sizes: ChunkSizes): SieveParameters {
  if (chunkingKey.length !== keyBytes) throw new SnapshotError('argument/invalid', `a chunking key has ${keyBytes} bytes, this one has ${chunkingKey.length}`);
  const averageBits = Math.log2(sizes.averageBytes);
  if (!Number.isInteger(averageBits) || averageBits < 12 || averageBits > 24 || sizes.minBytes < 64 || sizes.minBytes > sizes.averageBytes / 2 || sizes.maxBytes <= sizes.averageBytes)
    throw new SnapshotError('argument/invalid', `chunk sizes must be min ≤ average / 2 and average < max with an average that is a power of two from 4 KiB to 16 MiB and min at least 64 bytes; got ${sizes.minBytes}/${sizes.averageBytes}/${sizes.maxBytes}`);
  const material = new DataView(hkdfSync('sha256', chunkingKey, new Uint8Array(0), 'winre-kit sieve-v1', 8 + 4 * multiplierCount));
  const middleBits = averageBits - stageOneBits;
  return {
    minBytes: sizes.minBytes,
    maxBytes: sizes.maxBytes,
    looseFromBytes: sizes.averageBytes - sizes.minBytes / 2,
    stageOneKeys: [material.getUint8(0), material.getUint8(1), material.getUint8(2)],
    stageOneTarget: material.getUint8(3),
    stageTwoSeed: material.getUint32(4, true),
    // Odd multipliers are bijections on 32 bits: no input bit is lost.
    stageTwoMultipliers: Uint32Array.from({ length: multiplierCount }, (_, index) => material.getUint32(8 + 4 * index, true) | 1),
    strictBits: middleBits + normalisationBits,
    looseBits: middleBits - normalisationBits,
  };
}
