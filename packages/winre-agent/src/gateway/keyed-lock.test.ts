import { describe, expect, it } from 'vitest';
import { createKeyedLock } from './keyed-lock.ts';

describe('keyed lock', () => {
  it('runs tasks of one key in order, others meanwhile, and goes on after a failure', async () => {
    const lock = createKeyedLock();
    const order: string[] = [];
    const gate = Promise.withResolvers<void>();
    const slow = lock.run('a', async () => {
      await gate.promise;
      order.push('a1');
      throw new TypeError('failed');
    });
    const next = lock.run('a', () => Promise.resolve(void order.push('a2')));
    await lock.run('b', () => Promise.resolve(void order.push('b')));
    gate.resolve();
    await expect(slow).rejects.toThrow('failed');
    await next;
    expect(order).toEqual(['b', 'a1', 'a2']);
  });
});
