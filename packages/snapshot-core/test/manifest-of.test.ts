import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { manifestOf } from '../src/index.ts';
import { fileIdOf } from './support/describe-tree.ts';
import { scratchDirectory } from './support/scratch.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test('lists everything with type, mode, size and hash, sorted, without what is excluded', async () => {
  const root = scratchDirectory();
  mkdirSync(join(root, 'directory'));
  mkdirSync(join(root, 'left-out'));
  writeFileSync(join(root, 'left-out/file'), 'x');
  writeFileSync(join(root, 'directory/file'), 'content');
  chmodSync(join(root, 'directory/file'), 0o640);
  symlinkSync('nowhere', join(root, 'directory.link'));
  const lines: string[] = [];
  for await (const entry of manifestOf(root, { exclude: [fileIdOf(join(root, 'left-out'))] }))
    lines.push([entry.displayPath, entry.type, entry.type === 'file' ? entry.mode.toString(8) : '', entry.size, entry.sha256].join(' '));
  expect(lines).toEqual([' directory  0 ', 'directory directory  0 ', `directory/file file 640 7 ${sha256('content')}`, `directory.link symlink  7 ${sha256('nowhere')}`]);
});
