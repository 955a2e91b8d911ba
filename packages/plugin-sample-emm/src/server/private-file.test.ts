import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readFileIfPresent, writePrivateFile } from './private-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'private-file-'));
afterEach(() => rmSync(folder, { recursive: true }));

test('writes for the owner only, replaces as a whole, and leaves no draft', () => {
  const path = join(folder, 'keys');
  expect(readFileIfPresent(path)).toBeUndefined();
  writePrivateFile(path, 'one');
  writePrivateFile(path, 'two');
  expect([readFileIfPresent(path), statSync(path).mode & 0o777, readdirSync(folder)]).toEqual(['two', 0o600, ['keys']]);
});
