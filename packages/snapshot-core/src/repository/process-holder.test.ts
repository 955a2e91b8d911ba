import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { createProcessHolder } from './process-holder.ts';
import { systemClock } from './system-clock.ts';

test('tells running processes from dead ones', async () => {
  const holder = createProcessHolder();
  expect(holder.isProcessAlive(holder.processId)).toBe(true);
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  expect(holder.isProcessAlive(child.pid ?? 0)).toBe(false);
});

test('a sleep of the system clock ends with the reason of an abort', async () => {
  const reason = new Error('enough');
  const abort = new AbortController();
  const sleeping = systemClock.sleep(60_000, { signal: abort.signal });
  abort.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
  await expect(systemClock.sleep(1, { signal: abort.signal })).rejects.toBe(reason);
  await systemClock.sleep(0);
});
