import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMemoryStorage, createRepository, pendingRollbacks, resumeRollback, rollback, takeSnapshot } from '../src/index.ts';
import type { RollbackProgress } from '../src/index.ts';
import { describeTree } from './support/describe-tree.ts';
import { scratchDirectory } from './support/scratch.ts';

test.each([
  ['what was written is read back', { verifyAll: false }, ({ phase, bytesWritten }: RollbackProgress) => phase === 'write' && bytesWritten > 0, 'written'],
  ['with verifyAll everything is', { verifyAll: true }, ({ phase }: RollbackProgress) => phase === 'verify', 'untouched'],
])('%s: what somebody else changes meanwhile is found, and the rollback stays pending', async (_, options, isMoment, victim) => {
  const volume = scratchDirectory();
  for (const name of ['untouched', 'written']) writeFileSync(join(volume, name), 'before');
  const repository = await createRepository({ storage: createMemoryStorage(), profile: 'small' });
  const { record } = await takeSnapshot(repository, { kind: 'directory', path: volume });
  const original = await describeTree(volume);
  writeFileSync(join(volume, 'written'), 'after');
  const meddle = (progress: RollbackProgress) => isMoment(progress) && writeFileSync(join(volume, victim), 'meddled');
  await expect(rollback(repository, record.id, volume, { operationId: 'op', ...options, onProgress: meddle })).rejects.toMatchObject({ code: 'rollback/verification-failed' });
  expect(await pendingRollbacks(repository)).toHaveLength(1);
  expect(await resumeRollback(repository, volume, options)).toMatchObject({ complete: true });
  expect(await describeTree(volume)).toEqual(original);
});
