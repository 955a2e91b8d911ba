import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { scratchDirectory } from '../../../test/support/scratch.ts';
import type * as WriteDurably from '../../storage/write-durably.ts';
import { makeTarget } from './make-target.ts';

const { synced } = vi.hoisted(() => ({ synced: [] as string[] }));

/** The real call, noted down. */
vi.mock('../../storage/write-durably.ts', async (importOriginal) => {
  const original = await importOriginal<typeof WriteDurably>();
  return {
    ...original,
    syncFolder: async (path: string) => {
      await original.syncFolder(path);
      synced.push(path);
    },
  };
});

beforeEach(() => {
  synced.length = 0;
});

test('every folder that got a new one is made durable, the innermost first', async () => {
  const scratch = scratchDirectory();
  expect(await makeTarget(join(scratch, 'a/b/c'))).toBe(true);
  expect(existsSync(join(scratch, 'a/b/c'))).toBe(true);
  expect(synced).toEqual([join(scratch, 'a/b'), join(scratch, 'a'), scratch]);
});

test('a target that is there already stays as it is', async () => {
  expect(await makeTarget(scratchDirectory())).toBe(false);
  expect(synced).toEqual([]);
});
