import { expect, test } from 'vitest';
import { displayPath, joinPath, splitPath } from './byte-path.ts';

test('paths are joined and split at slashes', () => {
  expect(Buffer.from(joinPath(Buffer.from('a/b'), Buffer.from('c'))).toString()).toBe('a/b/c');
  expect(Buffer.from(joinPath(new Uint8Array(0), Buffer.from('c'))).toString()).toBe('c');
  expect(splitPath('a//b/').map((name) => Buffer.from(name).toString())).toEqual(['a', 'b']);
  expect(splitPath('')).toEqual([]);
});

test('what is shown is safe to print', () => {
  expect(displayPath(Buffer.from('häßlich/日本'))).toBe('häßlich/日本');
  expect(displayPath(Buffer.from('red\u001b[31m\n'))).toBe('red\\x1b[31m\\x0a');
  expect(displayPath(Buffer.from('left\u202eright'))).toBe('left\\xe2\\x80\\xaeright');
  expect(displayPath(Buffer.from([0x61, 0xff]))).toBe('a\\xff');
});
