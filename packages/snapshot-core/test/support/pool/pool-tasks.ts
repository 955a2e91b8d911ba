import { threadId } from 'node:worker_threads';
import { SnapshotError } from '../../../src/errors/snapshot-error.ts';
import type { WorkerTask } from '../../../src/worker-pool/worker-task.ts';

/** Adds, and says on which thread. */
export const addTask: WorkerTask<{ a: number; b: number }, { sum: number; thread: number }> = {
  name: 'add',
  run: ({ a, b }) => ({ sum: a + b, thread: threadId }),
};

/** Remembers what it is given, and answers with what it was given before. */
export const rememberTask: WorkerTask<string, string | undefined> = {
  name: 'remember',
  run(text, { memory }) {
    const before = memory.get('text');
    memory.set('text', text);
    return typeof before === 'string' ? before : undefined;
  },
};

/** Boxes in boxes. */
export interface Nested {
  readonly inner?: Nested;
}

/** Boxes that deep in one another: too deep for the stack of whoever reads the message, it never arrives. */
export function nest(depth: number): Nested {
  let nested: Nested = {};
  for (let level = 0; level < depth; level++) nested = { inner: nested };
  return nested;
}

/** Answers with as many boxes in one another, or posts them and then never answers. */
export const nestTask: WorkerTask<{ depth: number; how: 'answer' | 'post' }, Nested> = {
  name: 'nest',
  run({ depth, how }, context) {
    const nested = nest(depth);
    if (how === 'answer') return nested;
    context.post(nested);
    for (;;) context.throwIfAborted();
  },
};

/** Takes anything. */
export const takeTask: WorkerTask<Nested, string> = { name: 'take', run: () => 'taken' };

/** Posts before it answers. */
export const countTask: WorkerTask<number, string> = {
  name: 'count',
  run(upTo, context) {
    for (let number = 1; number <= upTo; number++) context.post(number);
    return 'counted';
  },
};

/** Fails in the way it is asked to. */
export const failTask: WorkerTask<'snapshot' | 'system' | 'exit', void> = {
  name: 'fail',
  run(how) {
    if (how === 'snapshot') throw new SnapshotError('storage/full', 'no room');
    if (how === 'exit') process.exit(1);
    throw Object.assign(new TypeError('not there'), { code: 'ENOENT' });
  },
};

/** Works until it is told to stop, and says when it began. */
export const spinTask: WorkerTask<null, void> = {
  name: 'spin',
  run(_, context) {
    context.post('spinning');
    for (;;) context.throwIfAborted();
  },
};
