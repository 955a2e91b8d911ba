import { expect, test } from 'vitest';
import { runInOrder } from './run-in-order.ts';

/** Jobs that end when they are told to. */
function openJobs() {
  const started: number[] = [];
  const ends = new Map<number, { resolve: (answer: string) => void; reject: (error: unknown) => void }>();
  const run = (item: number) => {
    started.push(item);
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    ends.set(item, { resolve, reject });
    return promise;
  };
  return { started, run, end: (item: number) => ends.get(item)?.resolve(`answer ${item}`), fail: (item: number, error: unknown) => ends.get(item)?.reject(error) };
}

const settled = () => new Promise((resolve) => void setImmediate(resolve));

test('answers come in the order of the items, and no more jobs run than allowed', async () => {
  const jobs = openJobs();
  const answers: string[] = [];
  const all = (async () => {
    for await (const answer of runInOrder([1, 2, 3, 4], 2, jobs.run)) answers.push(answer);
  })();
  await settled();
  expect(jobs.started).toEqual([1, 2]);
  jobs.end(2);
  await settled();
  expect([jobs.started, answers]).toEqual([[1, 2], []]);
  jobs.end(1);
  await settled();
  expect([jobs.started, answers]).toEqual([[1, 2, 3, 4], ['answer 1', 'answer 2']]);
  for (const item of [3, 4]) {
    jobs.end(item);
    await settled();
  }
  await all;
  expect(answers).toEqual(['answer 1', 'answer 2', 'answer 3', 'answer 4']);
});

test('a failure comes in its turn, and only when everything that runs has ended', async () => {
  const jobs = openJobs();
  const reason = new RangeError('broken');
  const answers: string[] = [];
  let hasEnded = false;
  const all = (async () => {
    try {
      for await (const answer of runInOrder([1, 2, 3], 3, jobs.run)) answers.push(answer);
    } finally {
      hasEnded = true;
    }
  })();
  const outcome = all.catch((error: unknown) => error);
  await settled();
  jobs.fail(2, reason);
  await settled();
  expect(hasEnded).toBe(false);
  jobs.end(1);
  await settled();
  expect([answers, hasEnded]).toEqual([['answer 1'], false]);
  jobs.end(3);
  expect(await outcome).toBe(reason);
});
