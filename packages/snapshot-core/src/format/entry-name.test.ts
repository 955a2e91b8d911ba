import { expect, test } from 'vitest';
import { isEntryName } from './entry-name.ts';

test.each(['', '.', '..', 'a/b', '/', 'a\0b', 'x'.repeat(1_025)])('%j can lead elsewhere or is no name', (name) => {
  expect(isEntryName(Buffer.from(name))).toBe(false);
});

test.each(['a', '...', '.a', '..a', 'a\\b', 'ÿ', 'x'.repeat(1_024), ' ', 'a\nb'])('%j is one name', (name) => {
  expect(isEntryName(Buffer.from(name))).toBe(true);
});
