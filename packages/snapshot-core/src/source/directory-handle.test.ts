import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchDirectory } from '../../test/support/scratch.ts';
import { openDirectory } from './directory-handle.ts';
import { listDirectory, lookAt } from './list-directory.ts';
import { withParentOf } from './open-parent.ts';

test('names come sorted by bytes, and need not be text', () => {
  const root = scratchDirectory();
  for (const name of ['b', 'B', 'é', 'a']) writeFileSync(join(root, name), '');
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff])]), '');
  const handle = openDirectory(root);
  expect([...listDirectory(handle)].map(({ name }) => Buffer.from(name).toString('latin1'))).toEqual(['B', 'a', 'b', Buffer.from('é').toString('latin1'), '\xff']);
  handle.close();
  handle.close();
});

test('a symlink is not opened as a directory, and a path is resolved without following any', async () => {
  const root = scratchDirectory();
  mkdirSync(join(root, 'real/deep'), { recursive: true });
  symlinkSync('real', join(root, 'link'));
  const handle = openDirectory(root);
  expect(() => handle.openChild(Buffer.from('link'))).toThrow(expect.objectContaining({ code: expect.stringMatching(/ENOTDIR|ELOOP/) }));
  expect(await withParentOf(handle, Buffer.from('real/deep'), lookAt)).toMatchObject({ type: 'directory' });
  await expect(withParentOf(handle, Buffer.from('link/deep'), lookAt)).rejects.toMatchObject({ code: expect.stringMatching(/ENOTDIR|ELOOP/) });
  expect(lookAt(handle, Buffer.from('link'))).toMatchObject({ type: 'symlink' });
  expect(lookAt(handle, Buffer.from('nothing'))).toBeUndefined();
  handle.close();
});

test('an open directory stays the same one when its name is given to a symlink', () => {
  const root = scratchDirectory();
  mkdirSync(join(root, 'inside'));
  mkdirSync(join(root, 'outside'));
  const handle = openDirectory(root);
  const inside = handle.openChild(Buffer.from('inside'));
  renameSync(join(root, 'inside'), join(root, 'moved'));
  symlinkSync('outside', join(root, 'inside'));
  writeFileSync(inside.pathOf(Buffer.from('file')), 'x');
  expect(readFileSync(join(root, 'moved/file'), 'utf8')).toBe('x');
  inside.close();
  handle.close();
});
