import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../../src/cli/run-program.ts';
import type { Surroundings } from '../../src/cli/surroundings.ts';
import { openBench } from './open-bench.ts';
import { startCommand } from './start-command.ts';

test('Ctrl-C in the middle of a backup ends it with 130, and the repository is fine and free', async () => {
  const { repository, tree, run } = await openBench();
  const { child, ended } = startCommand(['--repo', repository, 'backup', '-', '--json']);
  child.stdin.on('error', () => {});
  const begun = once(child.stdout, 'data');
  // More than is needed for a first progress line; standard input stays open, so only the signal can end this.
  for (let written = 0; written < 16; written++) child.stdin.write(Buffer.alloc(2 ** 20, 'abc'));
  await begun;
  child.kill('SIGINT');
  const { status, stderr } = await ended;
  expect(status).toBe(130);
  expect(JSON.parse(stderr)).toMatchObject({ type: 'error', code: 'interrupted', exitStatus: 130 });
  expect((await run('snapshots', '--json')).summary()).toMatchObject({ count: 0 });
  expect(await run('backup', tree)).toMatchObject({ status: 0 });
  // An exclusive lease is given only when nothing is left of the one that was interrupted.
  expect(await run('prune', '--dry-run')).toMatchObject({ status: 0 });
  expect(await run('check', '--read-data')).toMatchObject({ status: 0 });
});

/** Surroundings in this process whose signals and clock belong to the test. */
function lentSurroundings(overrides: Partial<Surroundings>): Surroundings & { readonly told: () => string; readonly stop: () => void; readonly exits: number[] } {
  let text = '';
  const stream = new Writable({ write: (chunk: Buffer, _encoding, done) => ((text += chunk.toString()), done()) });
  const listeners = new Set<() => void>();
  const exits: number[] = [];
  return {
    env: {}, stdin: new PassThrough(), stdout: stream, stderr: stream, hostname: 'laptop', randomUUID: () => 'operation', exits,
    clock: { nowMs: () => 0, sleep: () => Promise.reject(new Error('not lent')) },
    onStop: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exit: (status) => exits.push(status),
    told: () => text,
    stop: () => {
      for (const listener of listeners) listener();
    },
    ...overrides,
  };
}

test('the second Ctrl-C ends the process at once', async () => {
  const { repository } = await openBench();
  const surroundings = lentSurroundings({});
  const running = runProgram(['--repo', repository, 'backup', '-'], surroundings);
  surroundings.stop();
  expect(surroundings.exits).toEqual([]);
  surroundings.stop();
  expect(surroundings.exits).toEqual([130]);
  expect(await running).toBe(130);
});

test('schedule run sleeps until a snapshot is due, by the clock that it is lent, and ends well when it is stopped', async () => {
  const { repository, tree, run } = await openBench();
  let nowMs = 1_800_000_000_000;
  const start = nowMs;
  const surroundings = lentSurroundings({
    clock: {
      nowMs: () => nowMs,
      sleep: async (durationMs, { signal } = {}) => {
        nowMs += durationMs;
        if (nowMs - start > 9 * 3_600_000) surroundings.stop();
        signal?.throwIfAborted();
      },
    },
  });
  expect(await runProgram(['--repo', repository, 'schedule', 'run', tree, '--cadence', '4', '--keep-hours', '6', '--json'], surroundings)).toBe(0);
  const messages = surroundings.told().trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  const taken = messages.filter(({ verb }) => verb === 'backup').map(({ snapshot }) => new Date((snapshot as { time: string }).time).getTime() - start);
  expect(taken).toEqual([0, 4 * 3_600_000, 8 * 3_600_000]);
  expect(messages.filter(({ type, keep }) => type === 'verdict' && keep === false)).toHaveLength(1);
  expect(messages.filter(({ type }) => type === 'waiting')).toHaveLength(3);
  expect(messages.at(-1)).toMatchObject({ type: 'summary', verb: 'schedule run', stopped: true });
  expect((await run('snapshots', '--json', '--host', 'laptop', '--path', join(tree, '.'))).summary()).toMatchObject({ count: 2 });
});
