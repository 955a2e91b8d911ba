import { chmod, mkdtemp, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { jsonFile } from './json-file.ts';

const folder = await mkdtemp(join(tmpdir(), 'json-file-'));

test('nothing, then what was written, readable by its owner only, with no leftovers', async () => {
  const path = join(folder, 'one.json');
  const file = jsonFile(path, z.strictObject({ count: z.int() }), 'count');
  expect(await file.read()).toBeUndefined();
  await writeFile(path, '{}');
  await chmod(path, 0o644);
  await writeFile(`${path}.new`, 'left by a kill');
  await file.write({ count: 3 });
  expect(await file.read()).toEqual({ count: 3 });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['one.json']);
});

test('a damaged file is said to be damaged, naming it and the field', async () => {
  const path = join(folder, 'two.json');
  const file = jsonFile(path, z.strictObject({ count: z.int() }), 'count');
  await writeFile(path, '{"count":');
  await expect(file.read()).rejects.toMatchObject({ code: 'data-loss', message: expect.stringContaining('two.json') });
  await writeFile(path, '{"count":"three"}');
  await expect(file.read()).rejects.toMatchObject({ code: 'data-loss', fieldPath: 'count' });
});
