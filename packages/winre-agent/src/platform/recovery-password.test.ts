import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recoveryPasswordFrom } from './recovery-password.ts';

test('eight groups of six digits, each a multiple of eleven, that differ when the bytes do', () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(fc.property(bytes, bytes, (one, other) => {
    const password = recoveryPasswordFrom(one);
    expect(password).toMatch(/^\d{6}(-\d{6}){7}$/);
    expect(password.split('-').every((group) => Number(group) % 11 === 0 && Number(group) / 11 < 65_536)).toBe(true);
    expect(password === recoveryPasswordFrom(other)).toBe(Buffer.from(one).equals(other));
  }));
  expect(() => recoveryPasswordFrom(new Uint8Array(8))).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});
