import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WindowsDirectoryNames, windowsNameKey, windowsNameProblem } from './windows-name.ts';
import { encodeWtf8 } from './wtf8.ts';

test.each([
  ['..\\x', /forbids/], ['a\\b', /forbids/], ['a?', /forbids/], ['*', /forbids/], ['a\u001f', /forbids/], ['C:', /stream/], ['file:stream', /stream/],
  ['a.', /end/], ['a ', /end/], ['NUL', /device/], ['con', /device/], ['Aux.txt', /device/], ['COM1', /device/], ['lpt9.log', /device/], ['CONIN$', /device/], ['com¹', /device/], ['nul .txt', /device/],
  ['x'.repeat(256), /longer/], ['..', /no text/],
] as const)('%j is not one name on Windows', (name, problem) => {
  expect(windowsNameProblem(Buffer.from(name))).toMatch(problem);
});

test.each(['a', '.a', 'null', 'console', 'com', 'com10', 'lpt', 'acon', 'a con', 'ä'.repeat(255), '\ud800'])('%j is one name on Windows', (name) => {
  expect(windowsNameProblem(encodeWtf8(name))).toBeUndefined();
});

test.each(['ff', 'c3', 'eda080edb080', 'c0ae'])('the bytes %s are no name on Windows', (hex) => {
  expect(windowsNameProblem(Buffer.from(hex, 'hex'))).toMatch(/no text/);
});

test.each([['ReadMe', 'README', true], ['é', 'É', true], ['straße', 'STRASSE', false], ['a', 'b', false], ['e\u0301', 'é', false], ['\ud800', '\ud801', false]] as const)('%j and %j are the same name there: %s', (left, right, same) => {
  expect(windowsNameKey(encodeWtf8(left)) === windowsNameKey(encodeWtf8(right))).toBe(same);
});

test('of names that Windows takes for the same, the first alone stands', () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'é', 'É', '.', 'nul') }).map((text) => Buffer.from(text)), { maxLength: 20 }), (names) => {
    const directory = new WindowsDirectoryNames();
    const standing = new Set<string>();
    for (const name of names) {
      const key = windowsNameKey(name);
      const fits = windowsNameProblem(name) === undefined && !standing.has(key);
      expect(directory.problemOf(name) === undefined).toBe(fits);
      if (fits) standing.add(key);
    }
  }));
});
