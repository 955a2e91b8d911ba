import { canonicalJson, SecretValue } from '@winre-kit/sdk';
import { expect, test } from 'vitest';

test('a secret is never digested or signed as the text it prints as', () => {
  for (const value of [new SecretValue('x'), { key: new SecretValue('x') }]) expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: 'invalid-argument' }) as Error);
});
