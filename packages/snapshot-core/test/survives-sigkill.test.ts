import { spawn } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createRepository, openRepository, pendingRollbacks, restoreSnapshot, resumeRollback, rollback, takeSnapshot } from '../src/index.ts';
import { describeTree } from './support/describe-tree.ts';
import { usualOrLong } from './support/long-tests.ts';
import { scratchDirectory, subdirectory } from './support/scratch.ts';
import { applyOperations } from './support/tree-operations.ts';
import type { TreeOperation } from './support/tree-operations.ts';

const child = fileURLToPath(new URL('./support/killed-child.ts', import.meta.url));
const seeds = usualOrLong(9, 240);

async function runChild(compiled: string, ...values: string[]): Promise<{ signal: NodeJS.Signals | null; output: string; errors: string }> {
  const started = spawn(process.execPath, ['--conditions=@winre-kit/source', '--no-warnings', child, ...values], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_COMPILE_CACHE: compiled } });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => started.once('exit', (_, signal) => resolve(signal)));
  const [signal, output, errors] = await Promise.all([ended, text(started.stdout), text(started.stderr)]);
  return { signal, output, errors };
}

/** A small generator of numbers from 0 to 1, the same for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    return ((state ^ (state >>> 12)) >>> 0) / 2 ** 32;
  };
}

function makeOperations(seed: number, count: number): TreeOperation[] {
  const random = randomNumbers(seed);
  const kinds = ['write', 'write', 'write', 'write', 'mkdir', 'mkdir', 'symlink', 'link', 'link', 'remove', 'rename', 'chmod', 'flip', 'flip'] as const;
  const path = () => Array.from({ length: 1 + Math.floor(random() * 3) }, () => Math.floor(random() * 5));
  return Array.from({ length: count }, () => ({ kind: kinds[Math.floor(random() * kinds.length)] ?? 'write', path: path(), otherPath: path(), seed: 7 * Math.floor(random() * 1e5) + Math.floor(random() * 5) }));
}

test('killed at any point of snapshot and rollback, every finished snapshot restores and the rollback can be finished', { timeout: usualOrLong(120_000, 1_200_000) }, async () => {
  const scratch = scratchDirectory();
  const compiled = join(scratch, 'compiled');
  const template = subdirectory(scratch, 'template/volume');
  const storage = join(scratch, 'template', 'repository');
  applyOperations(template, makeOperations(1, 200));
  applyOperations(template, [{ kind: 'write', path: [1, 4], otherPath: [0], seed: 6 }, { kind: 'write', path: [2], otherPath: [0], seed: 13 }]);
  const original = await describeTree(template);
  const { record: first } = await takeSnapshot(await createRepository({ path: storage, profile: 'small' }), { kind: 'directory', path: template });
  applyOperations(template, makeOperations(2, 40));
  applyOperations(template, [{ kind: 'flip', path: [2], otherPath: [0], seed: 5 }]);
  const mutated = await describeTree(template);
  expect(mutated).not.toEqual(original);

  const copyTo = (name: string) => {
    cpSync(join(scratch, 'template'), join(scratch, name), { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    return { repositoryPath: join(scratch, name, 'repository'), volume: join(scratch, name, 'volume') };
  };
  const whole = copyTo('whole');
  const counted = await runChild(compiled, whole.repositoryPath, whole.volume, first.id, '0');
  expect(counted).toMatchObject({ signal: null, errors: '' });
  const calls = Number(counted.output);
  expect(calls).toBeGreaterThan(100);

  const tryOne = async (seed: number) => {
    const { repositoryPath, volume } = copyTo(`seed-${seed}`);
    const before = await describeTree(volume);
    const killAt = 1 + Math.floor((calls - 2) * ((seed + randomNumbers(seed)()) / seeds));
    expect(await runChild(compiled, repositoryPath, volume, first.id, String(killAt)), `seed ${seed}`).toMatchObject({ signal: 'SIGKILL' });
    const repository = await openRepository({ path: repositoryPath });
    const [pending] = await pendingRollbacks(repository);
    const now = await describeTree(volume);
    // Without an intent nothing may have been touched, unless all of it is done.
    expect(pending === undefined ? [before, original] : [now], `seed ${seed}`).toContainEqual(now);
    const { snapshots, damaged } = await repository.listSnapshots();
    expect(damaged).toEqual([]);
    for (const { id } of snapshots) {
      const target = join(scratch, `seed-${seed}`, id);
      expect(await restoreSnapshot(repository, id, target), `seed ${seed}`).toMatchObject({ complete: true });
      expect(await describeTree(target), `seed ${seed}`).toEqual(id === first.id ? original : before);
    }
    const finished = pending === undefined
      ? await rollback(repository, first.id, volume, { operationId: 'after' })
      : await resumeRollback(repository, volume, { verifyAll: true });
    expect(finished, `seed ${seed}`).toMatchObject({ complete: true, ...(pending !== undefined && { operationId: 'killed' }) });
    expect(await describeTree(volume), `seed ${seed}`).toEqual(original);
    expect(await pendingRollbacks(repository)).toEqual([]);
    expect(await repository.check({ readData: true }), `seed ${seed}`).toMatchObject({ intact: true });
    rmSync(join(scratch, `seed-${seed}`), { recursive: true, force: true });
  };
  for (let seed = 0; seed < seeds; seed += 3) await Promise.all([seed, seed + 1, seed + 2].map(tryOne));
});
