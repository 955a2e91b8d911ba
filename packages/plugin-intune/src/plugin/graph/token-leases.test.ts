import type { TokenCredential } from '@azure/identity';
import { RecoveryError } from '@winre-kit/sdk';
import { createTokenCache } from '@winre-kit/sdk/plugin-kit';
import { createManualClock } from '@winre-kit/testkit';
import { expect, expectTypeOf, test } from 'vitest';
import { graphClouds } from './graph-clouds.table.ts';
import { tokenLeases, type GraphTokenCredential } from './token-leases.ts';

const call = { signal: new AbortController().signal };
const cloud = graphClouds['us-government-l4'];

test('every credential of @azure/identity fits', () => {
  expectTypeOf<TokenCredential>().toExtend<GraphTokenCredential>();
});

test("the token is asked for in its cloud, with the caller's signal, kept, and renewed two minutes before it expires", async () => {
  const clock = createManualClock();
  const asked: unknown[] = [];
  const credential: GraphTokenCredential = {
    getToken(scopes, options) {
      asked.push([scopes, options?.abortSignal === call.signal]);
      return Promise.resolve({ token: `token-${asked.length}`, expiresOnTimestamp: clock.now() + 600_000 });
    },
  };
  using cache = createTokenCache({ clock, secrets: tokenLeases(credential, cloud) }, { secret: 'graph' });
  const use = (): Promise<string> => cache.withToken((token) => Promise.resolve(token.reveal()), call);
  expect([await use(), await use()]).toEqual(['token-1', 'token-1']);
  await clock.advance(479_999);
  expect(await use()).toBe('token-1');
  await clock.advance(1);
  expect(await use()).toBe('token-2');
  expect(asked).toEqual([['https://graph.microsoft.us/.default', true], ['https://graph.microsoft.us/.default', true]]);
});

const failing = (cause: unknown): GraphTokenCredential => ({
  async getToken() {
    await Promise.resolve();
    throw cause;
  },
});
const named = (name: string, more: object = {}): Error => Object.assign(new Error(`AADSTS7000215: secret my-secret is wrong`), { name }, more);

test.each([
  ['a wrong secret', named('AuthenticationError', { statusCode: 401, errorResponse: { error: 'invalid_client' } }), 'unauthenticated', 'AuthenticationError, invalid_client'],
  ['nobody signed in', named('CredentialUnavailableError'), 'unauthenticated', 'CredentialUnavailableError'],
  ['a busy login server', named('AuthenticationError', { statusCode: 429 }), 'unavailable', 'AuthenticationError'],
  ['a login server that fails', named('AuthenticationError', { statusCode: 503 }), 'unavailable', 'AuthenticationError'],
  ['no network', named('RestError', { code: 'ENOTFOUND' }), 'unavailable', 'RestError, ENOTFOUND'],
  ['something else', 'my-secret', 'unavailable', ''],
] as const)('%s is told by name, never by the words of the login server', async (_name, cause, code, words) => {
  const error: unknown = await tokenLeases(failing(cause), cloud).resolve({ secret: 'graph' }, call).catch((thrown: unknown) => thrown);
  if (!RecoveryError.isInstance(error)) throw error;
  expect([error.code, error.message]).toEqual([code, `the credential got no token for Graph (US Government L4 (GCC High))${words ? `: ${words}` : ''}`]);
  expect([String(error.stack).includes('my-secret'), error.cause]).toEqual([false, undefined]);
});

test('no token at all is no token; an abort stays an abort', async () => {
  await expect(tokenLeases({ getToken: () => Promise.resolve(null) }, cloud).resolve({ secret: 'graph' })).rejects.toMatchObject({ code: 'unauthenticated' });
  const abort = new AbortController();
  const hanging: GraphTokenCredential = { getToken: (_scopes, options) => new Promise((_resolve, reject) => options?.abortSignal?.addEventListener('abort', () => reject(new Error('AbortError of their own')))) };
  const waiting = tokenLeases(hanging, cloud).resolve({ secret: 'graph' }, { signal: abort.signal });
  const reason = new Error('enough');
  abort.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});
