import { SnapshotError } from '../errors/snapshot-error.ts';
import { differingBlocks } from './differing-blocks.ts';
import { findCut, type FoundCut } from './find-cut.ts';
import { isAllZero } from './is-all-zero.ts';
import { isIncompressible } from './is-incompressible.ts';
import { dataStart, type Kernels } from './kernels.ts';
import type { SieveParameters } from './sieve-parameters.ts';

/** The references of all kernels over a plain buffer with room for `dataBytes`. For where SIMD is missing, and for tests. */
export function createPlainKernels(options: { readonly dataBytes: number }): Kernels {
  const bytes = new Uint8Array(dataStart + options.dataBytes);
  const view = new DataView(bytes.buffer);
  const area = (start: number, lengthBytes: number): Uint8Array => bytes.subarray(start, start + lengthBytes);
  let sieve: SieveParameters | undefined;
  let found: FoundCut | undefined;
  return {
    bytes,
    dataStart,
    simd: false,
    setSieve: (parameters) => {
      sieve = { ...parameters, stageTwoMultipliers: parameters.stageTwoMultipliers.slice() };
    },
    findCut: (start, end) => {
      if (sieve === undefined) throw new SnapshotError('argument/invalid', 'the kernels have no sieve parameters yet; call setSieve first');
      found = findCut(bytes, start, end, sieve);
      return found.end;
    },
    get cutByContent() {
      return found?.byContent === true;
    },
    isAllZero: (start, lengthBytes) => isAllZero(area(start, lengthBytes)),
    isIncompressible: (start, lengthBytes) => isIncompressible(area(start, lengthBytes)),
    differingBlocks: (left, right, lengthBytes, blockBytes, out) => {
      const ordinals = differingBlocks(area(left, lengthBytes), area(right, lengthBytes), blockBytes);
      for (const [index, ordinal] of ordinals.entries()) view.setUint32(out + 4 * index, ordinal, true);
      return ordinals.length;
    },
  };
}
