import { expect, test } from 'vitest';
import { PassThrough } from 'node:stream';
import { createProgramOutput } from './program-output.ts';

/** An output whose time and streams belong to the test. */
function openOutput({ isTTY = true, json = false, quiet = false }) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) => ({ isTTY, columns: 60, write: (text: string | Uint8Array) => ((written[name] += String(text)), true), once: () => process.stdout });
  const time = { nowMs: 0 };
  return { written, time, output: createProgramOutput({ stdout: stream('stdout'), stderr: stream('stderr'), clock: { nowMs: () => time.nowMs }, json, quiet }) };
}

const drawings = (text: string) => text.split('\r\u001b[2K').filter((line) => line !== '');

test('a terminal sees progress at most ten times a second, within its width, and it goes away before a line comes', () => {
  const { written, time, output } = openOutput({});
  for (time.nowMs = 0; time.nowMs < 1_000; time.nowMs += 7) output.progress({ phase: 'backup', bytesDone: time.nowMs * 1_000, bytesTotal: 1_000_000 });
  const drawn = drawings(written.stdout);
  expect(drawn.length).toBeGreaterThan(5);
  expect(drawn.length).toBeLessThanOrEqual(10);
  for (const line of drawn) expect(line.length).toBeLessThan(60);
  output.tell({ type: 'x' }, () => 'done');
  expect(written.stdout.endsWith('\r\u001b[2Kdone\n')).toBe(true);
  output.endProgress();
  expect(written.stdout.endsWith('done\n')).toBe(true);
});

test('nobody sees it in a pipe or with --quiet', () => {
  for (const { written, output } of [openOutput({ isTTY: false }), openOutput({ quiet: true })]) {
    output.progress({ phase: 'backup', bytesDone: 1 });
    output.endProgress();
    expect(written).toEqual({ stdout: '', stderr: '' });
  }
});

test('programs see it at most once a second in each phase, and no control characters', () => {
  const { written, time, output } = openOutput({ json: true });
  for (time.nowMs = 0; time.nowMs < 2_500; time.nowMs += 50) output.progress({ phase: 'write', bytesDone: time.nowMs });
  output.progress({ phase: 'verify', bytesDone: 0 });
  const lines = written.stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toEqual([0, 1_000, 2_000].map((ms) => ({ type: 'progress', phase: 'write', bytesDone: ms, elapsedMs: ms })).concat([{ type: 'progress', phase: 'verify', bytesDone: 0, elapsedMs: 0 }]));
});

test('an error is one line without a stack, and nothing in it obeys a terminal', () => {
  const { written, output } = openOutput({});
  output.fail({ code: 'storage/failed', message: 'cannot read a\u001b[31mb', cause: 'EIO', retryable: true, exitStatus: 1 }, undefined);
  expect(written.stderr).toBe('winre-snapshot: storage/failed: cannot read a\\x1b[31mb\n  because: EIO\n');
});

test('--quiet keeps closing words from people, not results, and nothing from programs', () => {
  const people = openOutput({ quiet: true });
  people.output.note({ type: 'summary' }, () => 'done');
  people.output.tell({ type: 'snapshot' }, () => 'a snapshot');
  expect(people.written.stdout).toBe('a snapshot\n');
  const programs = openOutput({ quiet: true, json: true });
  programs.output.note({ type: 'summary' }, () => 'done');
  expect(programs.written.stdout).toBe('{"type":"summary"}\n');
});

test('a long listing waits for a slow reader, and ends when there is none any more', async () => {
  const stdout = new PassThrough({ highWaterMark: 10 });
  const output = createProgramOutput({ stdout, stderr: stdout, clock: { nowMs: () => 0 }, json: false, quiet: false });
  expect(await output.caughtUp()).toBe(true);
  output.tell({ type: 'x' }, () => 'much more than ten characters');
  const waited = output.caughtUp();
  stdout.resume();
  expect(await waited).toBe(true);
  stdout.pause();
  output.tell({ type: 'x' }, () => 'much more than ten characters');
  const ended = output.caughtUp();
  stdout.on('error', () => {}).destroy(new Error('EPIPE'));
  expect(await ended).toBe(false);
  expect(await output.caughtUp()).toBe(false);
});
