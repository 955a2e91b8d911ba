import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalUri, decodeUriName, encodeUriName, nodeUri } from './loc-uri.ts';

test.each(['./Vendor/MSFT/Recovery/X', './Device/Vendor/MSFT/Recovery/X', 'Vendor/MSFT/Recovery/X', 'Device/Vendor/MSFT/Recovery/X'])('%s is one address', (uri) => {
  expect(canonicalUri(uri)).toBe('./Device/Vendor/MSFT/Recovery/X');
});

test.each(['./User/Vendor/MSFT/X', './DevDetail/SwV', '/Vendor/MSFT/X', ''])('%j stays as it is', (uri) => {
  expect(canonicalUri(uri)).toBe(uri);
});

test('percent escapes are written in one way, broken ones are left alone', () => {
  expect(canonicalUri('./Vendor/MSFT/W/B%c3%bcro%21/x')).toBe('./Device/Vendor/MSFT/W/B%C3%BCro%21/x');
  expect(canonicalUri('./Vendor/MSFT/W/%zz/x')).toBe('./Device/Vendor/MSFT/W/%zz/x');
  expect(canonicalUri('./Vendor/MSFT/W/a%2Fb')).toBe('./Device/Vendor/MSFT/W/a%2Fb');
});

test.each([['Depot & Co', 'Depot%20%26%20Co'], ['a/b', 'a%2Fb'], ['a*', 'a%2A'], ['.', '%2E'], ['..', '%2E%2E'], ['a.b', 'a.b'], ['Büro', 'B%C3%BCro'], ["(it's)!", '%28it%27s%29%21']])('the name %s is the segment %s', (name, segment) => {
  expect(encodeUriName(name)).toBe(segment);
});

test('every name comes back from its segment, which is no path of its own; what UTF-8 cannot carry has none', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 32, unit: 'binary' }).filter((text) => text !== '*'), (name) => {
      const segment = encodeUriName(name) ?? '';
      expect([decodeUriName(segment), /^[A-Za-z0-9\-_.~%]+$/.test(segment), segment === '.' || segment === '..']).toEqual([name, true, false]);
      expect(nodeUri({ root: './Vendor/MSFT/W' }, segment)).toBe(`./Device/Vendor/MSFT/W/${segment}`);
    }),
  );
  expect([encodeUriName(''), encodeUriName('*'), encodeUriName('\ud800'), decodeUriName('%E0%A4%A')]).toEqual([undefined, undefined, undefined, undefined]);
});
