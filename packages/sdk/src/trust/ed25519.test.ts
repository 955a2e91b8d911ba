import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TrustedKey } from '../schemas/approval.ts';
import { canonicalJson } from './canonical-json.ts';
import { createStatementSigner, generateSigningKey, isSignedBy, keyIdOf, requireTrustedKey } from './ed25519.ts';
import { fromBase64, toBase64, toHex, utf8 } from './encode-bytes.ts';

const hexToBase64 = (hex: string): string => toBase64(Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)));
/** PKCS #8 around a raw Ed25519 seed (RFC 8410). */
const pkcs8Of = (seedHex: string): string => hexToBase64(`302e020100300506032b657004220420${seedHex}`);

describe('RFC 8032, section 7.1', () => {
  // The messages there are bytes, not JSON; so the key pair is checked here, and the signature of the platform by the vectors' own bytes.
  test.each([
    ['9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', '', 'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b'],
    ['4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', '72', '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'],
    ['c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7', 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025', 'af82', '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a'],
  ])('seed %s', async (seed, publicKey, message, signature) => {
    const { subtle } = globalThis.crypto;
    const key = await subtle.importKey('pkcs8', fromBase64(pkcs8Of(seed)), 'Ed25519', false, ['sign']);
    expect(toHex(new Uint8Array(await subtle.sign('Ed25519', key, fromBase64(hexToBase64(message)))))).toBe(signature);
    const signer = createStatementSigner({ keyId: 'k', publicKey: hexToBase64(publicKey), privateKeyPkcs8: pkcs8Of(seed) });
    expect(await isSignedBy(hexToBase64(publicKey), { a: 1 }, await signer.sign({ a: 1 }))).toBe(true);
  });
});

test('a signature covers the canonical JSON: member order does not matter, every value does', async () => {
  const signer = createStatementSigner(await generateSigningKey());
  const signature = await signer.sign({ b: 2, a: 1 });
  expect(await isSignedBy(signer.publicKey, { a: 1, b: 2 }, signature)).toBe(true);
  expect(await isSignedBy(signer.publicKey, { a: 1, b: 3 }, signature)).toBe(false);
  const raw = await globalThis.crypto.subtle.importKey('raw', fromBase64(signer.publicKey), 'Ed25519', false, ['verify']);
  expect(await globalThis.crypto.subtle.verify('Ed25519', raw, fromBase64(signature), utf8(canonicalJson({ a: 1, b: 2 })))).toBe(true);
});

test('whatever is malformed is just not signed', async () => {
  const pair = await generateSigningKey();
  const signature = await createStatementSigner(pair).sign({ a: 1 });
  await fc.assert(fc.asyncProperty(fc.string(), async (junk) => {
    expect(await isSignedBy(pair.publicKey, { a: 1 }, junk)).toBe(false);
    expect(await isSignedBy(junk, { a: 1 }, signature)).toBe(false);
  }), { numRuns: 50 });
  expect(await isSignedBy(pair.publicKey, { a: Number.NaN }, signature)).toBe(false);
});

test('any flipped bit of a signature breaks it', async () => {
  const pair = await generateSigningKey();
  const signature = fromBase64(await createStatementSigner(pair).sign({ a: 1 }));
  await fc.assert(fc.asyncProperty(fc.nat(signature.length * 8 - 1), async (bit) => {
    const flipped = Uint8Array.from(signature);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(await isSignedBy(pair.publicKey, { a: 1 }, toBase64(flipped))).toBe(false);
  }), { numRuns: 50 });
});

test('the id of a key follows from its bytes, and two keys differ', async () => {
  const [one, two] = [await generateSigningKey(), await generateSigningKey()];
  expect(one.keyId).toBe(await keyIdOf(one.publicKey));
  expect(one.keyId).toMatch(/^[0-9a-f]{32}$/);
  expect(one.keyId).not.toBe(two.keyId);
  expect(fromBase64(one.publicKey).length).toBe(32);
});

test('a key serves its purpose only, and no longer when it is revoked', async () => {
  const { keyId, publicKey } = await generateSigningKey();
  const key: TrustedKey = { keyId, publicKey, principal: 'alice', purpose: 'approve' };
  expect(requireTrustedKey(keyId, 'approve', [key], new Set())).toBe(key);
  for (const [purpose, revoked, reason] of [['sign-scripts', [], 'unknown-key'], ['gateway', [], 'unknown-key'], ['approve', [keyId], 'revoked']] as const) {
    expect(() => requireTrustedKey(keyId, purpose, [key], new Set(revoked))).toThrow(expect.objectContaining({ code: 'untrusted-payload', facts: expect.objectContaining({ reason }) as unknown }) as Error);
  }
});

test('base64 and hex go there and back; what is not base64 is refused', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
  }));
  expect(() => fromBase64('%')).toThrow(expect.objectContaining({ code: 'invalid-argument' }) as Error);
});
