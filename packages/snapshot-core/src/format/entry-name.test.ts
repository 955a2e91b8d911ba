import { expect, test } from 'vitest';
import { isEntryName, isWindowsEntryName } from './entry-name.ts';

test.each(['', '.', '..', 'a/b', '/', 'a\0b', 'x'.repeat(1_025)])('%j can lead elsewhere or is no name', (name) => {
  expect(isEntryName(Buffer.from(name))).toBe(false);
});

test.each(['a', '...', '.a', '..a', 'a\\b', 'ÿ', 'x'.repeat(1_024), ' ', 'a\nb'])('%j is one name', (name) => {
  expect(isEntryName(Buffer.from(name))).toBe(true);
});

test.each(['..\\x', 'a\\b', 'C:', 'file:stream', 'a.', 'a ', 'a?', '*', 'a\u001f', 'NUL', 'con', 'Aux.txt', 'COM1', 'lpt9.log', 'CONIN$', 'com¹', 'nul .txt'])('%j is not one name on Windows', (name) => {
  expect(isWindowsEntryName(Buffer.from(name))).toBe(false);
});

test.each(['a', '.a', 'null', 'console', 'com', 'com10', 'lpt', 'acon', 'a con'])('%j is one name on Windows', (name) => {
  expect(isWindowsEntryName(Buffer.from(name))).toBe(true);
});
