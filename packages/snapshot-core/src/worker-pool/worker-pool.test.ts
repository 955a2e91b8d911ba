import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';
import { addTask, countTask, failTask, nestTask, rememberTask, spinTask } from '../../test/support/pool/pool-tasks.ts';
import { createWorkerPool, type WorkerPool, type WorkerPoolOptions } from './worker-pool.ts';
import type { WorkerTask } from './worker-task.ts';

const entry = new URL('../../test/support/pool/pool-entry.ts', import.meta.url);

function openPool(workers: number, options: Partial<WorkerPoolOptions> = {}): WorkerPool {
  const pool = createWorkerPool({ workers, entry, ...options });
  onTestFinished(() => pool.close());
  return pool;
}

describe.each([['inline', 0], ['one thread', 1], ['three threads', 3]] as const)('a pool: %s', (_, workers) => {
  test('answers every task with its own result', async () => {
    const pool = openPool(workers);
    const sums = await Promise.all(Array.from({ length: 20 }, (__, index) => pool.run(addTask, { a: index, b: 1 })));
    expect(sums.map(({ sum }) => sum)).toEqual(Array.from({ length: 20 }, (__, index) => index + 1));
  });

  test('keeps a memory per thread', async () => {
    const pool = openPool(workers);
    expect(new Set(await pool.runOnAll(rememberTask, 'first'))).toEqual(new Set([undefined]));
    expect(new Set(await pool.runOnAll(rememberTask, 'second'))).toEqual(new Set(['first']));
  });

  test('hands over what a task posts, in order and before its result', async () => {
    const posted: unknown[] = [];
    const pool = openPool(workers, { onPost: (message) => posted.push(message) });
    expect(await pool.run(countTask, 5)).toBe('counted');
    expect(posted).toEqual([1, 2, 3, 4, 5]);
  });

  test('passes on what a task throws, with its code, and goes on working', async () => {
    const pool = openPool(workers);
    await expect(pool.run(failTask, 'snapshot')).rejects.toMatchObject({ name: 'SnapshotError', code: 'storage/full', message: 'no room', retryable: true });
    await expect(pool.run(failTask, 'system')).rejects.toMatchObject({ name: 'TypeError', code: 'ENOENT' });
    expect(await pool.run(addTask, { a: 1, b: 1 })).toMatchObject({ sum: 2 });
  });

  test('gives the reason of an abort to whoever asks after it', async () => {
    const controller = new AbortController();
    const pool = openPool(workers, { signal: controller.signal });
    const reason = new RangeError('enough');
    controller.abort(reason);
    await expect(pool.run(addTask, { a: 1, b: 1 })).rejects.toBe(reason);
  });
});

test('threads share the work', async () => {
  const pool = openPool(2);
  const answers = await pool.runOnAll(addTask, { a: 0, b: 0 });
  expect(new Set(answers.map(({ thread }) => thread)).size).toBe(2);
});

test('an abort ends running and waiting tasks', async () => {
  const controller = new AbortController();
  const reason = new RangeError('enough');
  const pool = openPool(1, { signal: controller.signal, onPost: () => controller.abort(reason) });
  const outcomes = await Promise.allSettled([pool.run(spinTask, null), pool.run(addTask, { a: 1, b: 1 })]);
  expect(outcomes).toEqual([{ status: 'rejected', reason }, { status: 'rejected', reason }]);
});

test('a thread that dies loses its task by name, and the others take over', async () => {
  const pool = openPool(2);
  await expect(pool.run(failTask, 'exit')).rejects.toMatchObject({ code: 'worker/lost', retryable: true });
  expect(await Promise.all([1, 2, 3].map((a) => pool.run(addTask, { a, b: 0 })))).toHaveLength(3);
  await expect(pool.runOnAll(addTask, { a: 1, b: 1 })).rejects.toMatchObject({ code: 'worker/lost' });
});

describe('a message that cannot be read where it arrives costs the thread, and no call waits for ever', () => {
  const tooDeep = 12_000;

  test.each(['answer', 'post'] as const)('%s', async (how) => {
    const pool = openPool(2);
    await expect(pool.run(nestTask, { depth: tooDeep, how })).rejects.toMatchObject({ code: 'worker/lost', retryable: true });
    expect(await pool.run(addTask, { a: 1, b: 1 })).toMatchObject({ sum: 2 });
    await expect(pool.runOnAll(addTask, { a: 1, b: 1 })).rejects.toMatchObject({ code: 'worker/lost' });
  });

  test('request', async () => {
    const caller = new Worker(new URL('../../test/support/pool/deep-caller.ts', import.meta.url), { workerData: { depth: 60_000 }, execArgv: [], resourceLimits: { stackSizeMb: 64 } });
    onTestFinished(async () => void (await caller.terminate()));
    expect(await once(caller, 'message')).toEqual([['worker/lost', 'worker/lost']]);
  });
});

test('once the last thread is dead, every task is refused', async () => {
  const pool = openPool(1);
  const lost = { status: 'rejected', reason: expect.objectContaining({ code: 'worker/lost' }) };
  expect(await Promise.allSettled([pool.run(failTask, 'exit'), pool.run(addTask, { a: 1, b: 1 })])).toEqual([lost, lost]);
  await expect(pool.run(addTask, { a: 1, b: 1 })).rejects.toMatchObject({ code: 'worker/lost' });
});

test('what cannot be cloned fails its own call only', async () => {
  const pool = openPool(1);
  await expect(pool.run(rememberTask, (() => 'a function') as unknown as string)).rejects.toThrow(/could not be cloned/);
  expect(await pool.run(addTask, { a: 2, b: 2 })).toMatchObject({ sum: 4 });
});

describe('a pool without threads that is closed after a failure', () => {
  test('starts nothing that waits, and ends after what runs', async () => {
    const pool = openPool(0);
    const [hasBegun, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const events: string[] = [];
    const slowTask: WorkerTask<null, void> = {
      name: 'slow',
      async run() {
        hasBegun.resolve();
        await mayEnd.promise;
        events.push('ran to its end');
      },
    };
    const noteTask: WorkerTask<string, void> = { name: 'note', run: (text) => void events.push(text) };
    const outcomes = Promise.allSettled([pool.run(failTask, 'snapshot'), pool.run(slowTask, null), pool.run(noteTask, 'waited')]);
    await hasBegun.promise;
    const closed = pool.close().then(() => events.push('closed'));
    mayEnd.resolve();
    await closed;
    await expect(pool.run(noteTask, 'came late')).rejects.toMatchObject({ code: 'worker/lost' });
    expect((await outcomes).map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as { code: string }).code : 'done'))).toEqual(['storage/full', 'done', 'worker/lost']);
    expect(events).toEqual(['ran to its end', 'closed']);
  });

  test('ends what runs where it looks', async () => {
    const pool = openPool(0);
    const hasBegun = Promise.withResolvers<void>();
    const patientTask: WorkerTask<null, void> = {
      name: 'patient',
      async run(_, context) {
        hasBegun.resolve();
        for (;;) {
          context.throwIfAborted();
          await new Promise((resolve) => setImmediate(resolve));
        }
      },
    };
    const outcome = Promise.allSettled([pool.run(patientTask, null)]);
    await hasBegun.promise;
    await pool.close();
    expect(await outcome).toMatchObject([{ status: 'rejected', reason: { code: 'worker/lost' } }]);
  });
});
