import { expect, test } from 'vitest';
import { isSamePrincipal, principalKeyOf } from './principal.ts';

test.each([['Ada@Example.com', 'ada@example.com'], [' ada@example.com\t', 'ada@example.com'], ['\uFF41da@example.com', 'ada@example.com'], ['Ren\u00e9', 'rene\u0301']])('%j is %j', (one, other) => {
  expect(isSamePrincipal(one, other)).toBe(true);
});

test('other names are other people', () => {
  expect(isSamePrincipal('ada@example.com', 'ada@example.org')).toBe(false);
  expect(new Set(['Ada', 'ada ', 'Ben'].map(principalKeyOf)).size).toBe(2);
});
