import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReadAhead } from './read-ahead.ts';

const file = new Uint8Array(12 * 1_048_576).map((_, at) => (at * 2_654_435_761) >>> 24);

function makeReader(lengths: ReadonlyMap<string, number> = new Map([['a', file.length]])) {
  const requests: { name: string; offset: number; lengthBytes: number }[] = [];
  const ahead = new ReadAhead(async (name, offset, lengthBytes) => {
    requests.push({ name, offset, lengthBytes });
    return file.slice(offset, Math.min(offset + lengthBytes, lengths.get(name) ?? 0));
  });
  return { ahead, requests };
}

test('reads the same as without it, whatever the order', async () => {
  const lengths = new Map(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name, index) => [name, index * 700_001]));
  const reads = fc.array(fc.record({ name: fc.constantFrom(...lengths.keys()), offset: fc.nat(6_000_000), lengthBytes: fc.nat(600_000), times: fc.nat(4) }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(reads, async (list) => {
      const { ahead } = makeReader(lengths);
      for (const { name, offset, lengthBytes, times } of list)
        for (let at = offset, left = times; left >= 0; left--, at += lengthBytes) {
          const bytes = await ahead.read(name, at, lengthBytes);
          expect(Buffer.compare(bytes, file.subarray(at, Math.min(at + lengthBytes, lengths.get(name) ?? 0)))).toBe(0);
        }
    }),
    { numRuns: 50 },
  );
});

test('chunks read in order cost a few requests; the first, and leaps, fetch no more than was asked for', async () => {
  const { ahead, requests } = makeReader();
  const chunkBytes = 10_000;
  for (let at = 0; at + chunkBytes <= file.length; at += chunkBytes) await ahead.read('a', at, chunkBytes);
  expect(requests.length).toBeLessThan(12);
  expect(requests[0]).toEqual({ name: 'a', offset: 0, lengthBytes: chunkBytes });
  requests.length = 0;
  for (const offset of [1_000_000, 9_000_000, 4_000_000]) await ahead.read('a', offset, chunkBytes);
  expect(requests.map(({ lengthBytes }) => lengthBytes)).toEqual([chunkBytes, chunkBytes, chunkBytes]);
});

test('a read that ends one byte beyond what is known asks again', async () => {
  const { ahead, requests } = makeReader();
  await ahead.read('a', 10, 100);
  expect(await ahead.read('a', 10, 101)).toEqual(file.slice(10, 111));
  expect(await ahead.read('a', 9, 50)).toEqual(file.slice(9, 59));
  expect(requests).toHaveLength(3);
});

test('the caller owns the bytes, an abort is heeded, and a deleted file is forgotten', async () => {
  const { ahead, requests } = makeReader();
  (await ahead.read('a', 0, 100)).fill(0);
  (await ahead.read('a', 0, 50)).fill(0);
  expect(await ahead.read('a', 0, 100)).toEqual(file.slice(0, 100));
  expect(requests).toHaveLength(1);
  const reason = new Error('enough');
  await expect(ahead.read('a', 0, 100, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  ahead.forget('a');
  await ahead.read('a', 0, 100);
  expect(requests).toHaveLength(2);
});
