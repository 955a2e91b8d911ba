import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeWtf8, encodeWtf8 } from './wtf8.ts';

/** 16-bit units of any value, surrogates more often than chance would have them. */
const units = fc.array(fc.oneof(fc.nat(0xffff), fc.integer({ min: 0xd800, max: 0xdfff })), { maxLength: 20 }).map((codes) => String.fromCharCode(...codes));

test('any units come back, and text is plain UTF-8', () => {
  fc.assert(fc.property(units, (text) => {
    const bytes = encodeWtf8(text);
    expect(decodeWtf8(bytes)).toBe(text);
    expect(Buffer.from(bytes).equals(Buffer.from(text, 'utf8'))).toBe(text.isWellFormed());
  }), { numRuns: 2_000 });
});

test('what is read writes itself: every name has one spelling', () => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.array(units.map((text) => [...encodeWtf8(text)]), { maxLength: 4 }).map((parts) => Uint8Array.from(parts.flat())));
  fc.assert(fc.property(bytes, (some) => {
    const text = decodeWtf8(some);
    expect(text === undefined || Buffer.from(encodeWtf8(text)).equals(some)).toBe(true);
    expect(text?.isWellFormed() !== true || Buffer.from(some).toString('utf8') === text).toBe(true);
  }), { numRuns: 5_000 });
});

test.each([
  ['a lone half', 'eda080', '\ud800'], ['the other half', 'edb080', '\udc00'], ['halves in the wrong order', 'edb080eda080', '\udc00\ud800'], ['the last character', 'f48fbfbf', '\u{10ffff}'],
  ['a pair written as two halves', 'eda080edb080', undefined], ['a slash of two bytes', 'c0af', undefined], ['a slash of three bytes', 'e080af', undefined], ['beyond Unicode', 'f4908080', undefined],
  ['a cut character', 'e282', undefined], ['a stray continuation', '80', undefined], ['Latin-1', 'e4622e', undefined], ['five bytes', 'f888808080', undefined],
])('%s', (_, hex, text) => {
  expect(decodeWtf8(Buffer.from(hex, 'hex'))).toBe(text);
});
