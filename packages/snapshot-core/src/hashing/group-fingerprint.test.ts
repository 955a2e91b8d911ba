import { createDecipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gmac } from './gmac.ts';
import { createGroupFingerprint } from './group-fingerprint.ts';

const fromHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const macKey = fromHex('000102030405060708090a0b0c0d0e0f');
const sealKey = fromHex('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f');

function unseal(sealKey: Uint8Array, fingerprint: Uint8Array): Buffer {
  return createDecipheriv('aes-256-ecb', sealKey, null).setAutoPadding(false).update(fingerprint);
}

describe('GMAC computes the published tags', () => {
  test.each([
    // Test case 1 of the GCM specification, and NIST CAVP gcmEncryptExtIV128, 96-bit IV, no plaintext, count 0 of the 0- and 128-bit AAD groups.
    { key: '00000000000000000000000000000000', nonce: '000000000000000000000000', bytes: '', tag: '58e2fccefa7e3061367f1d57a4e7455a' },
    { key: '11754cd72aec309bf52f7687212e8957', nonce: '3c819d9a9bed087615030b65', bytes: '', tag: '250327c674aaf477aef2675748cf6971' },
    { key: '77be63708971c4e240d1cb79e8d77feb', nonce: 'e0e00f19fed7ba0136a797f3', bytes: '7a43ec1d9c0a5a78a0b16533a6213cab', tag: '209fcc8d3675ed938e9c7166709dd946' },
  ])('$tag', ({ key, nonce, bytes, tag }) => {
    expect(gmac(fromHex(key), fromHex(nonce), fromHex(bytes)).toString('hex')).toBe(tag);
  });
});

describe('a group fingerprint', () => {
  test('is the GMAC tag under a zero nonce, sealed by one block of AES-256', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 3000 }),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (bytes, macKey, sealKey) => {
          const fingerprint = createGroupFingerprint({ macKey, sealKey })(bytes);
          expect(unseal(sealKey, fingerprint).equals(gmac(macKey, new Uint8Array(12), bytes))).toBe(true);
        },
      ),
    );
  });

  test('stays what it was in every release', () => {
    // The published tag of the empty message (test case 1 above) under a zero key, sealed.
    const empty = createGroupFingerprint({ macKey: new Uint8Array(16), sealKey })(new Uint8Array(0));
    expect(unseal(sealKey, empty).toString('hex')).toBe('58e2fccefa7e3061367f1d57a4e7455a');
    const pattern = Uint8Array.from({ length: 1_048_576 }, (_, index) => index % 251);
    // Computed by an independent program as well.
    expect(Buffer.from(createGroupFingerprint({ macKey, sealKey })(pattern)).toString('hex')).toBe('1546b19a223fe459b4d962c8891faab7');
  });

  test('does not depend on what was fingerprinted before, and the caller owns it', () => {
    const fingerprint = createGroupFingerprint({ macKey, sealKey });
    const first = fingerprint(Buffer.from('first'));
    const copy = Uint8Array.from(first);
    fingerprint(Buffer.from('second'));
    expect(first).toEqual(copy);
    expect(fingerprint(Buffer.from('first'))).toEqual(copy);
    expect([first.length, first.buffer.byteLength]).toEqual([16, 16]);
  });

  test('changes with every flipped bit, with appended zero bytes and with either key', () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, index) => index);
    const seen = new Set<string>();
    const note = (fingerprint: Uint8Array): void => void seen.add(Buffer.from(fingerprint).toString('hex'));
    const fingerprint = createGroupFingerprint({ macKey, sealKey });
    note(fingerprint(bytes));
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      note(fingerprint(flipped));
    }
    for (let zeros = 1; zeros <= 32; zeros++) note(fingerprint(Buffer.concat([bytes, new Uint8Array(zeros)])));
    note(createGroupFingerprint({ macKey: macKey.toReversed(), sealKey })(bytes));
    note(createGroupFingerprint({ macKey, sealKey: sealKey.toReversed() })(bytes));
    expect(seen.size).toBe(1 + 800 + 32 + 2);
  });

  test('refuses keys of another length', () => {
    expect(() => createGroupFingerprint({ macKey: sealKey, sealKey })).toThrow(expect.objectContaining({ code: 'argument/invalid' }));
    expect(() => createGroupFingerprint({ macKey, sealKey: macKey })).toThrow(expect.objectContaining({ code: 'argument/invalid' }));
  });
});
