import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { applyDelta } from '../../src/delta/apply-delta.ts';
import { createDelta } from '../../src/delta/create-delta.ts';
import { usualOrLong } from '../support/long-tests.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { seededBytes } from '../support/tree-operations.ts';

const child = fileURLToPath(new URL('../support/killed-delta-child.ts', import.meta.url));

async function runChild(compiled: string, ...values: string[]): Promise<{ signal: NodeJS.Signals | null; output: string; errors: string }> {
  const started = spawn(process.execPath, ['--conditions=@winre-kit/source', '--no-warnings', child, ...values], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_COMPILE_CACHE: compiled } });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => started.once('exit', (_, signal) => resolve(signal)));
  const [signal, output, errors] = await Promise.all([ended, text(started.stdout), text(started.stderr)]);
  return { signal, output, errors };
}

test('killed at any point of applying, the result is whole or not there, and applying again works', { timeout: 120_000 }, async () => {
  const folder = scratchDirectory();
  const compiled = join(folder, 'compiled');
  const [before, after, delta] = [join(folder, 'before'), join(folder, 'after'), join(folder, 'delta')];
  const bytes = seededBytes(1, 8_000_000);
  writeFileSync(before, bytes);
  const expected = Buffer.concat([bytes.subarray(0, 3_000_000), seededBytes(2, 5_000), bytes.subarray(3_000_000)]);
  writeFileSync(after, expected);
  await createDelta({ kind: 'file', path: before }, { kind: 'file', path: after }, delta);
  const counted = await runChild(compiled, delta, before, join(folder, 'whole'), '0');
  expect(counted).toMatchObject({ signal: null, errors: '' });
  const calls = Number(counted.output);
  expect(calls).toBeGreaterThan(12);
  const outcomes = new Set<boolean>();
  for (let killAt = 1; killAt <= calls; killAt += usualOrLong(2, 1)) {
    const place = join(folder, String(killAt));
    mkdirSync(place);
    const output = join(place, 'made');
    expect(await runChild(compiled, delta, before, output, String(killAt)), `call ${killAt}`).toMatchObject({ signal: 'SIGKILL' });
    outcomes.add(existsSync(output));
    if (!existsSync(output)) await applyDelta(delta, { kind: 'file', path: before }, output);
    expect(readFileSync(output).equals(expected), `call ${killAt}`).toBe(true);
  }
  expect(outcomes).toEqual(new Set([true, false]));
});
