import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeScratchFolder } from '../../test/scratch-folder.ts';
import { createRepository } from './open-repository.ts';

test('a prune without any grace time leaves what another process may be writing at this moment', async () => {
  const path = await makeScratchFolder();
  const repository = await createRepository({ path });
  mkdirSync(join(path, 'tmp'), { recursive: true });
  const [fresh, old] = [join(path, 'tmp', 'fresh'), join(path, 'tmp', 'old')];
  for (const file of [fresh, old]) writeFileSync(file, 'half a file');
  const longAgo = new Date(Date.now() - 7_200_000);
  utimesSync(old, longAgo, longAgo);
  await repository.prune({ graceMs: 0 });
  expect([existsSync(fresh), existsSync(old)]).toEqual([true, false]);
});
