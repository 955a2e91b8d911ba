import { expect, test } from 'vitest';
import { classifyWindowsAttributes } from './windows-attributes.ts';

test.each([
  ['a normal file', 0x80, undefined], ['archive, hidden, system, read-only', 0x27, undefined], ['a compressed sparse file', 0xa00, undefined], ['a reparse point alone', 0x400, undefined],
  ['pinned, and here', 0x8_0020, undefined], ['unpinned, but still here', 0x10_0020, undefined],
  ['an archived file', 0x1020, 'offline'], ['a cloud file that is not here', 0x50_1620, 'offline'], ['a placeholder that is recalled when opened', 0x4_0020, 'offline'], ['one that is recalled when read', 0x40_0020, 'offline'],
  ['an EFS file', 0x4020, 'encrypted'], ['an EFS file that is not here', 0x40_4020, 'offline'],
] as const)('%s', (_, attributes, reason) => {
  expect(classifyWindowsAttributes(attributes)).toBe(reason);
});
