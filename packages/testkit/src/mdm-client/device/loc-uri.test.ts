import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pathOf, readLocUri } from './loc-uri.ts';

test.each([
  ['./Device/Vendor/MSFT/Recovery', './Vendor/MSFT/Recovery'],
  ['Vendor/MSFT/Recovery', './Vendor/MSFT/Recovery'],
  ['./Vendor/MSFT/Recovery/NetworkSettings/Wifi/Caf%C3%A9 1', './Vendor/MSFT/Recovery/NetworkSettings/Wifi/Caf%C3%A9%201'],
  ['./a/%61.b', './a/a.b'],
])('%s is %s', (written, uri) => {
  expect(readLocUri(written)).toMatchObject({ path: { uri } });
});

test.each([
  ['/Vendor', 'bad-uri'], ['./Vendor//MSFT', 'bad-uri'], ['./Vendor/', 'bad-uri'], ['', 'bad-uri'], ['./a/*', 'bad-uri'], ['./a/%2A', 'bad-uri'], ['./a/%E9', 'bad-uri'], ['./a/%zz', 'bad-uri'],
  ['./User/Vendor/MSFT/x', 'user-scope'], ['./user/x', 'user-scope'], ['./DevInfo?list=Struct', 'no-such-property'],
])('%s is refused as %s', (written, refusal) => {
  expect(readLocUri(written)).toMatchObject({ refusal });
});

test('any name survives its escaping', () => {
  const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((text) => text.isWellFormed() && text !== '*');
  fc.assert(fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
    expect(readLocUri(pathOf(['Vendor', ...names]).uri)).toMatchObject({ path: { segments: ['Vendor', ...names] } });
  }));
});
