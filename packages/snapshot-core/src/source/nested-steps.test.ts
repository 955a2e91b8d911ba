import { expect, test } from 'vitest';
import { flattenSteps, Inside, type Nested } from './nested-steps.ts';

async function collect<T>(steps: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const step of steps) all.push(step);
  return all;
}

async function* down(depth: number, closed: number[] = []): Nested<number> {
  try {
    yield depth;
    if (depth > 0) yield new Inside(down(depth - 1, closed));
    else if (closed.length > 0) throw new TypeError('the bottom is broken');
    yield -depth;
  } finally {
    closed.push(depth);
  }
}

test('steps come in the order in which they are nested, however deep', async () => {
  expect(await collect(flattenSteps(down(2)))).toEqual([2, 1, 0, -0, -1, -2]);
  expect(await collect(flattenSteps(down(50_000)))).toHaveLength(100_002);
});

test('ending early, and an error inside, close all levels from the inside out', async () => {
  const closed: number[] = [];
  for await (const step of flattenSteps(down(3, closed))) if (step === 1) break;
  expect(closed).toEqual([1, 2, 3]);
  const after: number[] = [99];
  await expect(collect(flattenSteps(down(2, after)))).rejects.toThrow('the bottom is broken');
  expect(after).toEqual([99, 0, 1, 2]);
});
