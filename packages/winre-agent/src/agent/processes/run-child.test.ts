import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock } from '@winre-kit/testkit';
import { expect, test } from 'vitest';
import { linuxProcessRules } from '../../platform/linux/linux-process-rules.ts';
import { runChild, type ChildRequest } from './run-child.ts';

const rules = linuxProcessRules('/usr/bin:/bin');
const folder = await mkdtemp(join(tmpdir(), 'run-child-'));
const shell = (script: string, more: Partial<ChildRequest> = {}): ChildRequest => ({
  fileName: '/bin/sh', arguments: ['-c', script], folder, timeoutMs: 60_000, maxOutputBytes: 10_000, signal: new AbortController().signal, ...more,
});
/** A killed process that nobody has reaped yet still has an entry, in state Z. */
const isRunning = async (processId: number): Promise<boolean> => {
  const stat = await readFile(`/proc/${processId}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !stat.includes(') Z ');
};

test('streams, exit code and environment', async () => {
  const seen: string[] = [];
  const result = await runChild({ clock: createManualClock(), rules }, shell('echo "$GREETING $HOME"; echo no >&2; exit 3', {
    environment: { GREETING: 'grüß' },
    onText: async (stream, text) => void seen.push(`${stream}:${text}`),
  }));
  expect(result).toMatchObject({ exitCode: 3, timedOut: false, stdout: { text: 'grüß \n', bytes: 8, truncated: false }, stderr: { text: 'no\n' } });
  expect(seen.toSorted()).toEqual(['stderr:no\n', 'stdout:grüß \n']);
});

test('the timeout kills the program and everything it started', async () => {
  const clock = createManualClock();
  const running = runChild({ clock, rules }, shell('sleep 60 & echo $! > grandchild; echo ready; wait', { timeoutMs: 5_000, onText: async () => void clock.advance(5_000) }));
  expect(await running).toMatchObject({ exitCode: undefined, timedOut: true, stdout: { text: 'ready\n' } });
  const grandchild = Number(await readFile(join(folder, 'grandchild'), 'utf8'));
  expect(await isRunning(grandchild)).toBe(false);
});

test('a program that leaves something running does not hold up the result', async () => {
  const result = await runChild({ clock: createManualClock(), rules }, shell('sleep 60 & echo $! ; exit 0'));
  expect(result.exitCode).toBe(0);
  expect(await isRunning(Number(result.stdout.text))).toBe(false);
});

test('output over the limit is cut and flagged, and the program still ends', async () => {
  const result = await runChild({ clock: createManualClock(), rules }, shell('yes | head -c 300000; exit 0', { maxOutputBytes: 1_000 }));
  expect(result).toMatchObject({ exitCode: 0, stdout: { bytes: 300_000, truncated: true } });
  expect(result.stdout.text).toHaveLength(1_000);
});

test('a reader that takes its time holds the program up instead of piling up its output', async () => {
  let taken = 0;
  const gate = Promise.withResolvers<void>();
  const running = runChild({ clock: createManualClock(), rules }, shell('yes | head -c 4000000; echo end > finished', {
    maxOutputBytes: 5_000_000,
    onText: async (_, text) => {
      taken += text.length;
      await gate.promise;
    },
  }));
  // The same amount of output, read at once, is through long before this is done.
  await runChild({ clock: createManualClock(), rules }, shell('yes | head -c 8000000', { maxOutputBytes: 1 }));
  expect(taken).toBeLessThan(200_000);
  await expect(readFile(join(folder, 'finished'))).rejects.toThrow('ENOENT');
  gate.resolve();
  expect((await running).stdout.bytes).toBe(4_000_000);
});

test('an abort kills the program and passes its reason on', async () => {
  const abort = new AbortController();
  const running = runChild({ clock: createManualClock(), rules }, shell('echo $$; sleep 60', { signal: abort.signal, onText: async () => abort.abort(new RangeError('enough')) }));
  await expect(running).rejects.toThrow('enough');
});

test('a program that does not exist is refused as unsupported', async () => {
  await expect(runChild({ clock: createManualClock(), rules }, { ...shell(''), fileName: '/nowhere/powershell' })).rejects.toMatchObject({ code: 'unsupported' });
});

test('a program that leaves its process group is killed with the others', async () => {
  const result = await runChild({ clock: createManualClock(), rules }, shell('setsid sleep 61713 & sleep 0.2; pgrep -f "^sleep 61713$" > escaped; exit 0'));
  expect(result.exitCode).toBe(0);
  const escaped = (await readFile(join(folder, 'escaped'), 'utf8')).trim().split('\n').map(Number);
  expect(escaped.length).toBeGreaterThan(0);
  expect(await Promise.all(escaped.map(isRunning))).not.toContain(true);
});

test('one that hides and keeps the pipes open holds nobody up beyond the timeout', async () => {
  const clock = createManualClock();
  const started = Promise.withResolvers<void>();
  const running = runChild({ clock, rules }, shell('env -i setsid /bin/sh -c "echo \\$\\$ > hidden; exec sleep 61714" & sleep 0.2; echo started', { timeoutMs: 5_000, onText: async () => started.resolve() }));
  let ended = false;
  const result = running.finally(() => (ended = true));
  await started.promise;
  while (!ended) {
    await clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(await result).toMatchObject({ timedOut: true, stdout: { text: 'started\n' } });
  process.kill(Number(await readFile(join(folder, 'hidden'), 'utf8')), 'SIGKILL');
});
