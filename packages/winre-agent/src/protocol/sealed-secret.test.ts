import { createCipheriv, createHmac, createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from 'node:crypto';
import { canonicalJson, fromBase64, SecretValue, toBase64, utf8 } from '@winre-kit/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateSealingKey, importSealingKey, openSealed, sealedSchema, sealSecret } from './sealed-secret.ts';

const bytesOf = (hex: string): Buffer => Buffer.from(hex, 'hex');

// RFC 9180 written down a second time, with nothing of the library: base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-GCM.
const extract = (salt: Uint8Array, keyMaterial: Uint8Array): Buffer => createHmac('sha256', salt).update(keyMaterial).digest();
function expand(key: Uint8Array, info: Uint8Array, length: number): Buffer {
  let [output, block] = [Buffer.alloc(0), Buffer.alloc(0)];
  for (let count = 1; output.length < length; count += 1) {
    block = createHmac('sha256', key).update(block).update(info).update(Buffer.of(count)).digest();
    output = Buffer.concat([output, block]);
  }
  return output.subarray(0, length);
}
const labeledExtract = (suite: Uint8Array, salt: Uint8Array, label: string, keyMaterial: Uint8Array): Buffer => extract(salt, Buffer.concat([Buffer.from('HPKE-v1'), suite, Buffer.from(label), keyMaterial]));
const labeledExpand = (suite: Uint8Array, key: Uint8Array, label: string, info: Uint8Array, length: number): Buffer =>
  expand(key, Buffer.concat([Buffer.of(length >> 8, length & 255), Buffer.from('HPKE-v1'), suite, Buffer.from(label), info]), length);
const privateKeyFrom = (raw: Uint8Array): KeyObject => createPrivateKey({ key: Buffer.concat([bytesOf('302e020100300506032b656e04220420'), raw]), format: 'der', type: 'pkcs8' });
const publicKeyFrom = (raw: Uint8Array): KeyObject => createPublicKey({ key: Buffer.concat([bytesOf('302a300506032b656e032100'), raw]), format: 'der', type: 'spki' });

function sealByTheBook(input: { ephemeral: Uint8Array; enc: Uint8Array; recipient: Uint8Array; info: Uint8Array; aad: Uint8Array; plain: Uint8Array; aes: 128 | 256 }): Buffer {
  const [kemSuite, suite] = [Buffer.concat([Buffer.from('KEM'), Buffer.of(0, 0x20)]), Buffer.concat([Buffer.from('HPKE'), Buffer.of(0, 0x20, 0, 1, 0, input.aes === 128 ? 1 : 2)])];
  const none = Buffer.alloc(0);
  const dh = diffieHellman({ privateKey: privateKeyFrom(input.ephemeral), publicKey: publicKeyFrom(input.recipient) });
  const shared = labeledExpand(kemSuite, labeledExtract(kemSuite, none, 'eae_prk', dh), 'shared_secret', Buffer.concat([input.enc, input.recipient]), 32);
  const context = Buffer.concat([Buffer.of(0), labeledExtract(suite, none, 'psk_id_hash', none), labeledExtract(suite, none, 'info_hash', input.info)]);
  const secret = labeledExtract(suite, shared, 'secret', none);
  const key = labeledExpand(suite, secret, 'key', context, input.aes / 8);
  const cipher = createCipheriv(`aes-${input.aes}-gcm`, key, labeledExpand(suite, secret, 'base_nonce', context, 12));
  cipher.setAAD(input.aad);
  return Buffer.concat([cipher.update(input.plain), cipher.final(), cipher.getAuthTag()]);
}

/** RFC 9180, appendix A.1.1. */
const vector = {
  ephemeral: bytesOf('52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736'),
  enc: bytesOf('37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431'),
  recipient: bytesOf('3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d'),
  recipientPrivate: bytesOf('4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8'),
  info: bytesOf('4f6465206f6e2061204772656369616e2055726e'),
  aad: bytesOf('436f756e742d30'),
  plain: bytesOf('4265617574792069732074727574682c20747275746820626561757479'),
  ciphertext: 'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
};

describe('sealed secrets', () => {
  it('are RFC 9180: what a second implementation, checked by the vector of the RFC, seals is opened here', async () => {
    expect(sealByTheBook({ ...vector, aes: 128 }).toString('hex')).toBe(vector.ciphertext);
    const context = { kind: 'test', operationKey: 'ö' };
    const ciphertext = sealByTheBook({ ...vector, aes: 256, info: utf8('winre-sealed/v1'), aad: utf8(canonicalJson(context)), plain: utf8('Beauty is truth') });
    const pkcs8 = toBase64(Buffer.concat([bytesOf('302e020100300506032b656e04220420'), vector.recipientPrivate]));
    const recipient = await importSealingKey(toBase64(vector.recipient), new SecretValue(pkcs8));
    const opened = await openSealed({ algorithm: 'hpke-x25519-sha256-aes256gcm', enc: toBase64(vector.enc), ciphertext: toBase64(ciphertext) }, recipient, context);
    expect(opened.reveal()).toBe('Beauty is truth');
  });

  it('come back as they were, for any text and context', async () => {
    const pair = await generateSealingKey();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.dictionary(fc.string(), fc.string(), { maxKeys: 4 }), async (text, context) => {
        const sealed = sealedSchema.parse(JSON.parse(JSON.stringify(await sealSecret(new SecretValue(text), pair.publicKey, context))));
        expect((await openSealed(sealed, pair, context)).reveal()).toBe(text);
      }),
      { numRuns: 30 },
    );
  });

  it('open for no other key, purpose or ciphertext', async () => {
    const [pair, other] = [await generateSealingKey(), await generateSealingKey()];
    const sealed = await sealSecret(new SecretValue('wifi'), pair.publicKey, { operationKey: 'a' });
    const flipped = fromBase64(sealed.ciphertext).map((byte, index) => (index === 2 ? byte ^ 1 : byte));
    const refused = { code: 'untrusted-payload', facts: { reason: 'not-openable' } };
    await expect(openSealed(sealed, other, { operationKey: 'a' })).rejects.toMatchObject(refused);
    await expect(openSealed(sealed, pair, { operationKey: 'b' })).rejects.toMatchObject(refused);
    await expect(openSealed({ ...sealed, ciphertext: toBase64(flipped) }, pair, { operationKey: 'a' })).rejects.toMatchObject(refused);
    await expect(sealSecret(new SecretValue('wifi'), toBase64(new Uint8Array(5)), {})).rejects.toMatchObject({ code: 'invalid-argument', fieldPath: 'recipientPublicKey' });
  });

  it('are sealed to a key whose private half cannot be taken out', async () => {
    const { keys } = await generateSealingKey();
    await expect(globalThis.crypto.subtle.exportKey('pkcs8', keys.privateKey)).rejects.toThrow(/extractable/);
  });
});
