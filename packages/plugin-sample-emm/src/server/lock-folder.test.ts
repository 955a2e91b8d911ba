import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lockFolder } from './lock-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'lock-folder-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a folder serves one server at a time', () => {
  const lock = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow(expect.objectContaining({ code: 'failed-precondition' }));
  lock[Symbol.dispose]();
  expect(() => lockFolder(folder)[Symbol.dispose]()).not.toThrow();
});
