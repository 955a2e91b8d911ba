import { chunkProfiles } from '../../src/chunking/chunk-profiles.ts';
import { deriveSieveParameters } from '../../src/chunking/sieve-parameters.ts';
import { createIdentity } from '../../src/hashing/create-identity.ts';
import { createGroupFingerprint } from '../../src/hashing/group-fingerprint.ts';
import { createKernels } from '../../src/kernels/create-kernels.ts';
import type { Kernels } from '../../src/kernels/kernels.ts';
import { countPacked, packedChunkAt, type PackedChunk } from '../../src/format/packed-references.ts';
import { Prediction } from '../../src/snapshot/region/prediction.ts';
import { regionWindowBytes, takeRegion, type Region, type RegionTools } from '../../src/snapshot/region/take-region.ts';

/** A source taken region by region, with everything lent: chunks are kept in a map. */
export interface RegionHarness {
  readonly stored: Map<string, Uint8Array>;
  readonly tools: RegionTools;
  /** Takes all regions of the given length. `parent` is what an earlier call answered with. */
  take(bytes: Uint8Array, options?: TakeOptions): Promise<TakenBytes>;
}

export interface TakeOptions {
  readonly parent?: TakenBytes;
  readonly generation?: number;
  readonly verifyAll?: boolean;
  readonly unchanged?: Region['unchanged'];
  /** Longest read, to show that pieces do not matter. */
  readonly readBytes?: number;
}

export interface TakenBytes {
  readonly chunks: readonly PackedChunk[];
  readonly packed: Uint8Array;
  readonly predictedBytes: number;
  readonly bytesRead: number;
  readonly addedChunks: number;
  readonly isTrackerWrong: boolean;
}

const key = new Uint8Array(32).fill(9);

/** @param regionBytes small regions show in kilobytes what the real ones show in gigabytes */
export async function openRegionHarness(regionBytes: number, make: (options: { dataBytes: number }) => Kernels = createKernels): Promise<RegionHarness> {
  const parameters = deriveSieveParameters(key, chunkProfiles.small);
  const kernels = make({ dataBytes: regionWindowBytes(parameters.maxBytes) });
  kernels.setSieve(parameters);
  const stored = new Map<string, Uint8Array>();
  const tools: RegionTools = {
    kernels, parameters,
    // Groups of two chunks instead of sixty-four, so that a few kilobytes have many.
    profile: 'large',
    identity: await createIdentity('blake3'),
    fingerprint: createGroupFingerprint({ macKey: key.subarray(16), sealKey: key }),
    has: (id) => stored.has(Buffer.from(id).toString('hex')),
    save: (id, bytes) => void stored.set(Buffer.from(id).toString('hex'), Uint8Array.from(bytes)),
    check: () => {},
  };
  return {
    stored, tools,
    async take(bytes, { parent, generation = 1, verifyAll = false, unchanged = [], readBytes = bytes.length } = {}) {
      const parts: Uint8Array[] = [];
      let [predictedBytes, bytesRead, addedChunks, isTrackerWrong] = [0, 0, 0, false];
      for (let offset = 0; offset < bytes.length; offset += regionBytes) {
        const endOffset = Math.min(bytes.length, offset + regionBytes);
        const taken = await takeRegion({
          offset, endOffset, isLast: endOffset === bytes.length, generation, verifyAll, unchanged,
          prediction: parent && new Prediction(parent.packed, 0),
          readAt(into, position) {
            const part = bytes.subarray(position, position + Math.min(into.length, Math.max(1, readBytes)));
            into.set(part);
            return part.length;
          },
        }, tools);
        parts.push(taken.packed);
        predictedBytes += taken.predictedBytes;
        bytesRead += taken.bytesRead;
        addedChunks += taken.addedChunks;
        isTrackerWrong ||= taken.isTrackerWrong;
      }
      const packed = new Uint8Array(Buffer.concat(parts));
      return { packed, predictedBytes, bytesRead, addedChunks, isTrackerWrong, chunks: Array.from({ length: countPacked(packed) }, (_, ordinal) => packedChunkAt(packed, ordinal)) };
    },
  };
}

/** The bytes that a list of chunks stands for. */
export function bytesOf(harness: RegionHarness, taken: TakenBytes): Buffer {
  return Buffer.concat(taken.chunks.map(({ id }) => harness.stored.get(Buffer.from(id).toString('hex')) ?? Buffer.from('missing')));
}
