import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createKernels } from '../../src/kernels/create-kernels.ts';
import { createPlainKernels } from '../../src/kernels/plain-kernels.ts';
import { longestVectorBytes, renderSieveVectors } from './sieve-vectors.ts';

/** Boundaries are a storage format: when this file would have to change, `sieve-v1` needs another name. */
const vectors = readFileSync(new URL('../golden/sieve-v1.txt', import.meta.url), 'utf8');

test.each([
  ['SIMD code', createKernels],
  ['plain reference', createPlainKernels],
] as const)('the %s cuts where sieve-v1 has always cut', (_, create) => {
  expect(renderSieveVectors(create({ dataBytes: longestVectorBytes }))).toBe(vectors);
});
