import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dialectOf } from './csp-dialect.ts';
import { compareWindowsBuilds, formatWindowsBuild, hasMinimumBuild, parseWindowsBuild } from './windows-build.ts';
import { editionOfProductCode } from './windows-editions.table.ts';

test.each([
  ['10.0.26100.8737', { build: 26_100, revision: 8_737 }],
  ['26200.8737', { build: 26_200, revision: 8_737 }],
  ['10.0.22621', { build: 22_621, revision: 0 }],
])('%s is a build', (text, build) => {
  expect(parseWindowsBuild(text)).toEqual(build);
});

test.each(['', 'Windows 11', '10.0.26100.', '10.0.26100.8737.1', '6.1.7601.1', '026100.1', '26100.-1', '26100.8737\n', '99.9.99999'])('%j is none', (text) => {
  expect(() => parseWindowsBuild(text)).toThrow(expect.objectContaining({ code: 'invalid-argument', fieldPath: 'build' }));
});

test('what is formatted is parsed again, and builds order by line first', () => {
  const build = fc.record({ build: fc.integer({ min: 10_000, max: 99_999 }), revision: fc.integer({ min: 0, max: 99_999 }) });
  fc.assert(
    fc.property(build, build, (one, other) => {
      expect([parseWindowsBuild(formatWindowsBuild(one)), parseWindowsBuild(`10.0.${formatWindowsBuild(one)}`)]).toEqual([one, one]);
      expect(Math.sign(compareWindowsBuilds(one, other))).toBe(Math.sign(one.build * 1e6 + one.revision - other.build * 1e6 - other.revision));
    }),
  );
});

test.each([
  ['26100.8736', false],
  ['26100.8737', true],
  ['26120.9999', false],
  ['26200.8736', false],
  ['26200.8737', true],
  ['26220.1', true],
  ['22631.9999', false],
])('%s reaches 26100.8737 or 26200.8737: %s', (text, expected) => {
  expect(hasMinimumBuild(parseWindowsBuild(text), ['26100.8737', '26200.8737'])).toBe(expected);
});

test.each([
  ['22631.5000', 'enterprise', 'none', ['S']],
  ['26100.4699', 'pro', 'none', ['S']],
  ['26100.4700', 'pro', 'remote-remediation', ['I']],
  ['26200.8736', 'education', 'remote-remediation', ['I']],
  ['26100.8737', 'enterprise', 'recovery', ['S']],
  ['26200.9000', 'iot-enterprise', 'recovery', ['S']],
  ['26300.1', 'pro', 'recovery', ['I']],
  ['26100.8737', 'home', 'remote-remediation', ['I']],
  ['26100.8737', 'other', 'recovery', ['S', 'I']],
] as const)('%s %s speaks %s, as sure as %j', (build, edition, dialect, grades) => {
  const verdict = dialectOf(parseWindowsBuild(build), edition);
  expect([verdict.dialect, verdict.reasons.map(({ source }) => source.grade)]).toEqual([dialect, grades]);
  expect(verdict.reasons.every(({ reason }) => reason.length > 20)).toBe(true);
});

test.each([[0x65, 'home'], [0x30, 'pro'], [0x04, 'enterprise'], [0x79, 'education'], [0xbc, 'iot-enterprise'], [0x07, 'other'], [-1, 'other']] as const)('product code %i is %s', (code, edition) => {
  expect(editionOfProductCode(code)).toBe(edition);
});
