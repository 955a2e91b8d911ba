import { createMockHost } from '@winre-kit/testkit';
import { expect, test } from 'vitest';
import { RecoveryError } from '../errors/recovery-error.ts';
import { createTokenCache } from './token-cache.ts';

const call = { signal: new AbortController().signal };
const kindsOf = (host: ReturnType<typeof createMockHost>): string[] => host.secrets.uses.map(({ kind }) => kind);

test('the token is resolved once, kept, and its lease given back at the end', async () => {
  const host = createMockHost({ secrets: { token: 'one' } });
  const cache = createTokenCache(host.services, { secret: 'token' });
  expect(await Promise.all([1, 2, 3].map(() => cache.withToken((token) => Promise.resolve(token.reveal()), call)))).toEqual(['one', 'one', 'one']);
  cache[Symbol.dispose]();
  await host.clock.advance(0);
  expect([kindsOf(host), host.secrets.openLeases]).toEqual([['resolve', 'dispose'], 0]);
});

test('an expired token is renewed before use, and then not again for a refusal', async () => {
  const host = createMockHost({ secrets: { token: { value: 'one', lifetimeMs: 1_000, renewals: ['two', 'three'] } } });
  const cache = createTokenCache(host.services, { secret: 'token' });
  await cache.withToken(() => Promise.resolve(), call);
  await host.clock.advance(1_000);
  const tried: string[] = [];
  await expect(cache.withToken((token) => {
    tried.push(token.reveal());
    return Promise.reject(new RecoveryError('unauthenticated', 'no'));
  }, call)).rejects.toMatchObject({ code: 'unauthenticated' });
  expect([tried, kindsOf(host)]).toEqual([['two'], ['resolve', 'renew', 'dispose']]);
});

test('other errors renew nothing', async () => {
  const host = createMockHost({ secrets: { token: 'one' } });
  const cache = createTokenCache(host.services, { secret: 'token' });
  await expect(cache.withToken(() => Promise.reject(new RecoveryError('permission-denied', 'no')), call)).rejects.toMatchObject({ code: 'permission-denied' });
  expect(kindsOf(host)).toEqual(['resolve']);
});

test('a resolver that fails is asked again next time', async () => {
  const secrets: Record<string, string> = {};
  const host = createMockHost({ secrets });
  const cache = createTokenCache(host.services, { secret: 'token' });
  await expect(cache.withToken(() => Promise.resolve(), call)).rejects.toMatchObject({ code: 'not-found' });
  secrets['token'] = 'late';
  expect(await cache.withToken((token) => Promise.resolve(token.reveal()), call)).toBe('late');
});
