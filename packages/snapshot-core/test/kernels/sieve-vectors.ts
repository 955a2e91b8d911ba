import { chunkProfiles } from '../../src/chunking/chunk-profiles.ts';
import { deriveSieveParameters } from '../../src/chunking/sieve-parameters.ts';
import type { Kernels } from '../../src/kernels/kernels.ts';
import { noise } from '../support/noise.ts';

/** The key of all vectors: bytes 0 to 31. */
const chunkingKey = Uint8Array.from({ length: 32 }, (_, index) => index);

/** What is cut. Each is the beginning of a longer one of its kind. */
const contents: Readonly<Record<string, (lengthBytes: number) => Uint8Array>> = {
  zero: (lengthBytes) => new Uint8Array(lengthBytes),
  /** A cycle whose length is prime, so that blocks that change places cannot cancel out. */
  cycle251: (lengthBytes) => Uint8Array.from({ length: lengthBytes }, (_, index) => index % 251),
  noise: (lengthBytes) => noise(1, lengthBytes),
  /** Noise, but of every 400 bytes the first 300 are a run; each run is of the next byte value. */
  runs: (lengthBytes) => noise(2, lengthBytes).map((byte, index) => (index % 400 < 300 ? Math.floor(index / 400) % 256 : byte)),
  text: (lengthBytes) => new Uint8Array(Buffer.from(Array.from({ length: Math.ceil(lengthBytes / 14) }, (_, line) => `line ${line} of a file\n`).join('')).subarray(0, lengthBytes)),
};

/** Most bytes that one vector needs. */
export const longestVectorBytes = 3 * chunkProfiles.large.maxBytes;

/**
 * One line for each profile, content and length around the boundaries: where the chunks end, `*` behind those that end
 * for their content.
 */
export function renderSieveVectors(kernels: Kernels): string {
  const lines: string[] = [];
  for (const [profile, sizes] of Object.entries(chunkProfiles)) {
    kernels.setSieve(deriveSieveParameters(chunkingKey, sizes));
    const lengths = [1, 32, 63, 64, 65, ...Object.values(sizes).flatMap((size) => [size - 1, size, size + 1]), 3 * sizes.maxBytes];
    for (const [name, make] of Object.entries(contents))
      for (const length of lengths) {
        kernels.bytes.set(make(length), kernels.dataStart);
        const cuts: string[] = [];
        for (let at = 0; at < length; ) {
          at = kernels.findCut(kernels.dataStart + at, kernels.dataStart + length) - kernels.dataStart;
          cuts.push(`${at}${kernels.cutByContent ? '*' : ''}`);
        }
        lines.push(`${profile} ${name} ${length}: ${cuts.join(' ')}\n`);
      }
  }
  return lines.join('');
}
