import { SecretValue } from '@winre-kit/sdk';
import { createEscrowOpener, generateEscrowKey, type EscrowOpener } from '@winre-kit/winre-agent/gateway';
import { sealSecret } from '@winre-kit/winre-agent/protocol';
import { beforeEach, expect, test } from 'vitest';
import { shareOpenings } from './share-openings.ts';

let openings: number;
let shared: EscrowOpener;
beforeEach(async () => {
  const escrow = await createEscrowOpener(await generateEscrowKey());
  openings = 0;
  shared = shareOpenings({
    key: escrow.key,
    open(sealed, context) {
      openings += 1;
      return escrow.open(sealed, context);
    },
  });
});
const context = { owner: 'group:all' };
const seal = (text: string): ReturnType<typeof sealSecret> => sealSecret(new SecretValue(text), shared.key.publicKey, context);

test('a secret that many ask for at once is opened once, and once more for who comes later', async () => {
  const sealed = await seal('correct horse');
  const opened = await Promise.all(Array.from({ length: 20 }, () => shared.open({ ...sealed }, { ...context })));
  expect({ texts: new Set(opened.map((secret) => secret.reveal())), openings }).toEqual({ texts: new Set(['correct horse']), openings: 1 });
  await shared.open(sealed, context);
  expect(openings).toBe(2);
});

test('nobody shares with whoever asks for another secret or purpose, and a refusal is not kept', async () => {
  const [first, second] = await Promise.all([seal('first'), seal('second')]);
  const foreign = { owner: 'group:other' };
  const outcomes = await Promise.allSettled([shared.open(first, context), shared.open(second, context), shared.open(first, foreign), shared.open(first, foreign)]);
  const texts = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.reveal() : (outcome.reason as { readonly code: string }).code));
  expect(texts).toEqual(['first', 'second', 'untrusted-payload', 'untrusted-payload']);
  await expect(shared.open(first, foreign)).rejects.toMatchObject({ code: 'untrusted-payload' });
  expect(openings).toBe(4);
});
