import { expect, test } from 'vitest';
import { seededBytes } from '../../test/support/tree-operations.ts';
import { createWorkerPool } from '../worker-pool/worker-pool.ts';
import { alignEnds } from './align-ends.ts';
import type { EndReader } from './end-reader.ts';

const mebibyte = 1_048_576;
const content = seededBytes(1, 12 * mebibyte);

/** Zeros, with some bytes at an offset. */
function zerosWith(bytes: Uint8Array, offset: number, totalBytes: number): EndReader {
  return {
    description: 'zeros',
    bytes: totalBytes,
    read(start, into) {
      into.fill(0);
      const first = Math.max(start, offset);
      const last = Math.min(start + into.length, offset + bytes.length);
      if (last > first) into.set(bytes.subarray(first - offset, last - offset), first - start);
    },
  };
}

const align = (base: EndReader, result: EndReader) =>
  alignEnds(base, result, createWorkerPool({ workers: 0, entry: new URL(import.meta.url) }), 0, () => {});

test('when much is lost nearby, it is found wherever it is', async () => {
  const base = zerosWith(content, 290 * mebibyte + 77, 310 * mebibyte);
  const after = Buffer.concat([content.subarray(4 * mebibyte), content.subarray(0, 4 * mebibyte)]);
  const hints = await align(base, zerosWith(after, 0, after.length));
  const found = 290 * mebibyte + 77;
  expect(hints.map(({ shift }) => shift)).toEqual([0, found + 4 * mebibyte, found - 8 * mebibyte]);
});

test('when little is lost, the rest of the base is not read for it', async () => {
  const base = zerosWith(content, 700 * mebibyte, 800 * mebibyte);
  expect(await align(base, zerosWith(content, 0, content.length))).toEqual([{ position: 0, shift: 0 }]);
});
