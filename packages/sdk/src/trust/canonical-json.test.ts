import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import { digestJson, sha256Hex } from './sha256.ts';

/** A double from its IEEE 754 bits, as RFC 8785 lists them. */
function fromBits(hex: string): number {
  return new DataView(Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)).buffer).getFloat64(0);
}

// RFC 8785, appendix B.
test.each([
  ['0000000000000000', '0'], ['8000000000000000', '0'], ['0000000000000001', '5e-324'], ['8000000000000001', '-5e-324'], ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'], ['4340000000000000', '9007199254740992'], ['c340000000000000', '-9007199254740992'], ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'], ['44b52d02c7e14af6', '1e+23'], ['44b52d02c7e14af7', '1.0000000000000001e+23'], ['444b1ae4d6e2ef4e', '999999999999999700000'], ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'], ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'], ['3eb0c6f7a0b5ed8d', '0.000001'], ['41b3de4355555553', '333333333.3333332'], ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'], ['41b3de4355555556', '333333333.3333334'], ['41b3de4355555557', '333333333.33333343'], ['becbf647612f3696', '-0.0000033333333333333333'], ['43143ff3c1cb0959', '1424953923781206.2'],
])('the double %s is written as %s', (bits, text) => {
  expect(canonicalJson(fromBits(bits))).toBe(text);
});

test('the sample of RFC 8785, section 3.2.2, comes out byte for byte', () => {
  const value: unknown = JSON.parse(String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`);
  expect(canonicalJson(value)).toBe(String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`);
  expect(canonicalJson('\u0000\u0007\b\t\n\u000b\f\r\u001f"\\/\u007f\u2028')).toBe('"\\u0000\\u0007\\b\\t\\n\\u000b\\f\\r\\u001f\\"\\\\/\u007f\u2028"');
});

test('members are ordered by UTF-16 code units, as in RFC 8785, section 3.2.3', () => {
  const value = { '\u20ac': 'Euro Sign', '\r': 'Carriage Return', '\ufb33': 'Hebrew Letter Dalet With Dagesh', 1: 'One', '\ud83d\ude00': 'Emoji: Grinning Face', '\u0080': 'Control', '\u00f6': 'Latin Small Letter O With Diaeresis' };
  const order = [...canonicalJson(value).matchAll(/:"([^"]+)"/g)].map((match) => match[1]);
  expect(order).toEqual(['Carriage Return', 'One', 'Control', 'Latin Small Letter O With Diaeresis', 'Euro Sign', 'Emoji: Grinning Face', 'Hebrew Letter Dalet With Dagesh']);
});

test('undefined members are left out, nested ones and numeric names are sorted as text', () => {
  expect(canonicalJson({ b: undefined, 10: 1, 9: { z: [], a: {} } })).toBe('{"10":1,"9":{"a":{},"z":[]}}');
});

test.each([[Number.NaN], [Infinity], [1n], [undefined], [() => 1], [Symbol('x')], ['\ud800'], [[undefined]], [{ a: { b: ['\udc00'] } }], [{ '\ud800': 1 }], [new Date(0)], [new Map([['a', 1]])], [{ bytes: new Uint8Array(2) }], [Array.from({ length: 2, 1: 1 })]])('what JSON cannot hold is refused: %o', (value) => {
  expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: 'invalid-argument' }) as Error);
});

test('a hole in an array is refused, an object without prototype is plain', () => {
  const holed: unknown[] = [];
  holed[1] = 1;
  expect(() => canonicalJson(holed)).toThrow('$[0]');
  expect(canonicalJson(Object.assign(Object.create(null) as object, { a: 1 }))).toBe('{"a":1}');
});

test('a refusal names the place', () => {
  expect(() => canonicalJson({ list: [{ bad: Number.NaN }] })).toThrow('$.list[0].bad');
});

const json = fc.jsonValue({ stringUnit: 'grapheme' });
test('reading it back gives the value, and writing that again the same text', () => {
  fc.assert(fc.property(json, (value) => {
    const text = canonicalJson(value);
    expect(canonicalJson(JSON.parse(text))).toBe(text);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
  }));
});

test('the order in which members were written does not matter, any other change does', async () => {
  await fc.assert(fc.asyncProperty(fc.dictionary(fc.string({ minLength: 1 }), json, { minKeys: 1 }), async (members) => {
    const reversed = Object.fromEntries(Object.entries(members).toReversed());
    expect(canonicalJson(reversed)).toBe(canonicalJson(members));
    expect(await digestJson({ ...members, added: 1 })).not.toBe(await digestJson({ ...members, added: 2 }));
  }), { numRuns: 50 });
});

test('SHA-256 of known texts', async () => {
  expect(await sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(await sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(await sha256Hex(new TextEncoder().encode('abc').subarray(0, 3))).toBe(await sha256Hex('abc'));
  expect(await digestJson({ b: 1, a: 'ü' })).toBe(await sha256Hex('{"a":"ü","b":1}'));
});
