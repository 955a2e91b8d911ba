import { expect, test } from 'vitest';
import { flattenSteps, Inside, type Nested } from './nested-steps.ts';

async function collect<T>(steps: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const step of steps) all.push(step);
  return all;
}

async function* down(depth: number, closed: (number | string)[] = []): Nested<number> {
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

test('what has to be done before the levels close is done when the walk ends early or fails, and not when it comes to its end', async () => {
  const events: (number | string)[] = [];
  const beforeClosing = async () => void events.push('before');
  for await (const step of flattenSteps(down(3, events), beforeClosing)) if (step === 1) break;
  expect(events.splice(0)).toEqual(['before', 1, 2, 3]);
  // The level that failed is over by then.
  events.push('a closed one');
  await expect(collect(flattenSteps(down(2, events), beforeClosing))).rejects.toThrow('the bottom is broken');
  expect(events.splice(0)).toEqual(['a closed one', 0, 'before', 1, 2]);
  await collect(flattenSteps(down(2, events), beforeClosing));
  expect(events).toEqual([0, 1, 2]);
});

test('an error of what has to be done before closing keeps no level open', async () => {
  const closed: number[] = [];
  const walk = async () => {
    for await (const step of flattenSteps(down(2, closed), () => Promise.reject(new TypeError('no')))) if (step === 1) break;
  };
  await expect(walk()).rejects.toThrow('no');
  expect(closed).toEqual([1, 2]);
});
