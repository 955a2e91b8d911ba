import { createCanarySecrets, createFaultTransport, createManualClock, createMockHost, type TransportFault } from '@winre-kit/testkit';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { CallContext } from '../contract/call-context.ts';
import { RecoveryError } from '../errors/recovery-error.ts';
import { requestJson, type JsonRequest } from './request-json.ts';
import { createTokenCache } from './token-cache.ts';

const replySchema = z.looseObject({ id: z.string() });
const call: CallContext = { signal: new AbortController().signal, correlationId: 'correlation-1' };
const read: JsonRequest = { what: 'get thing', method: 'GET', url: 'https://emm.example/things/1?filter=x', call };
const write: JsonRequest = { ...read, what: 'start thing', method: 'POST', body: { go: true } };

function answering(make: () => Response | Promise<Response>, fault?: TransportFault): ReturnType<typeof createMockHost> & { arrived: () => number } {
  let arrived = 0;
  const clock = createManualClock();
  const transport = createFaultTransport(() => {
    arrived += 1;
    return Promise.resolve(make());
  }, fault ? [{ matches: () => true, fault }] : [], clock);
  return { ...createMockHost({ clock, fetch: transport.fetch }), arrived: () => arrived };
}
const good = (): Response => Response.json({ id: 'thing-1', extra: 1 });
async function failureOf(work: Promise<unknown>): Promise<RecoveryError> {
  const error: unknown = await work.then(() => undefined, (thrown: unknown) => thrown);
  if (!RecoveryError.isInstance(error)) throw new TypeError(`expected a RecoveryError, got ${String(error)}`);
  return error;
}

test('a good reply is parsed; body, correlation id and headers go out', async () => {
  const host = answering(good);
  expect(await requestJson(host.services, { ...write, headers: { 'x-own': '1' } }, replySchema)).toEqual({ id: 'thing-1', extra: 1 });
  expect(host.requests[0]).toMatchObject({ method: 'POST', body: '{"go":true}', headers: { 'content-type': 'application/json', 'x-correlation-id': 'correlation-1', 'x-own': '1' } });
});

test('a prepared body goes out as it stands, and headers are seen of refused, renewed and good answers alike', async () => {
  const seen: [number, string | null][] = [];
  const onAnswer: JsonRequest['onAnswer'] = ({ status, headers }) => void seen.push([status, headers.get('x-vendor')]);
  const bodyText = '{ "b":1, "a" : "\\u00e4" }';
  const statuses = [401, 200, 403];
  const host = createMockHost({ secrets: { token: 't' }, fetch: () => Promise.resolve(Response.json({ id: 'thing-1' }, { status: statuses.shift() ?? 500, headers: { 'x-vendor': `left ${statuses.length}` } })) });
  using token = createTokenCache(host.services, { secret: 'token' });
  const { body: _body, ...bare } = write;
  await requestJson(host.services, { ...bare, bodyText, token, onAnswer }, replySchema);
  await failureOf(requestJson(host.services, { ...bare, bodyText, onAnswer }, replySchema));
  expect(seen).toEqual([[401, 'left 2'], [200, 'left 1'], [403, 'left 0']]);
  expect(host.requests.map(({ body, headers }) => [body, headers['content-type']])).toEqual(Array.from({ length: 3 }, () => [bodyText, 'application/json']));
});

test('204 gives null to the schema', async () => {
  const host = answering(() => new Response(null, { status: 204 }));
  expect(await requestJson(host.services, write, z.null())).toBe(null);
  expect((await failureOf(requestJson(host.services, write, replySchema))).retry).toBe('reconcile-first');
});

test.each([
  [400, 'invalid-argument', 'never-unchanged'], [401, 'unauthenticated', 'once'], [403, 'permission-denied', 'after-grant'], [404, 'not-found', 'never-unchanged'], [405, 'unsupported', 'never'],
  [409, 'conflict', 'with-backoff'], [410, 'not-found', 'never-unchanged'], [412, 'failed-precondition', 'after-fix'], [418, 'invalid-argument', 'never-unchanged'], [423, 'conflict', 'with-backoff'], [429, 'resource-exhausted', 'at-reset'], [501, 'unsupported', 'never'],
] as const)('status %i is a refusal: %s', async (status, code, retry) => {
  for (const request of [read, write]) {
    const host = answering(() => Response.json({ error: { code: 'VendorCode' } }, { status, headers: { 'request-id': 'req-7' } }));
    expect(await failureOf(requestJson(host.services, request, replySchema))).toMatchObject({ code, retry, vendor: { status, code: 'VendorCode', requestId: 'req-7' }, correlationId: 'correlation-1', facts: { outcome: 'refused' } });
  }
});

test.each([302, 408, 502, 503, 504])('status %i leaves a write unknown, a read may be repeated', async (status) => {
  const host = answering(() => new Response(null, { status, headers: { location: 'https://login.example/' } }));
  expect(await failureOf(requestJson(host.services, write, replySchema))).toMatchObject({ code: 'deadline-exceeded', retry: 'reconcile-first', facts: { outcome: 'unknown' } });
  expect(await failureOf(requestJson(host.services, read, replySchema))).toMatchObject({ code: 'unavailable', retry: 'with-backoff' });
});

test('a vendor 500 is thrown as internal, and a write is not repeated', async () => {
  const host = answering(() => Response.json({}, { status: 500 }));
  expect(await failureOf(requestJson(host.services, write, replySchema))).toMatchObject({ code: 'internal', retry: 'reconcile-first' });
  expect(await failureOf(requestJson(host.services, { ...write, effect: 'read' }, replySchema))).toMatchObject({ code: 'internal', retry: 'with-backoff' });
});

test.each([
  [{ kind: 'throttle', retryAfterSeconds: 17 }, 17_000],
  [{ kind: 'throttle', retryAfterDate: new Date('2026-11-22T03:01:00Z') }, 60_000],
  [{ kind: 'throttle', retryAfterDate: new Date('2020-01-01T00:00:00Z') }, 0],
  [{ kind: 'throttle' }, undefined],
] as const)('Retry-After passes through unchanged: %j', async (fault, retryAfterMs) => {
  expect(await failureOf(requestJson(answering(good, fault).services, write, replySchema))).toMatchObject({ code: 'resource-exhausted', retryAfterMs });
});

test('a status that the vendor explains gets the vendor\'s code', async () => {
  const host = answering(() => Response.json({ error: { code: 'plan-stale' } }, { status: 409 }));
  const codeOf = (_status: number, reply: unknown): 'plan-stale' | undefined => (z.object({ error: z.object({ code: z.literal('plan-stale') }) }).safeParse(reply).success ? 'plan-stale' : undefined);
  expect(await failureOf(requestJson(host.services, { ...write, codeOf }, replySchema))).toMatchObject({ code: 'plan-stale', retry: 'with-new-plan' });
});

describe('a reply that is none is never success', () => {
  const cases: [string, () => Response, TransportFault | undefined][] = [
    ['truncated', good, { kind: 'truncate', keepBytes: 6 }],
    ['truncated silently', good, { kind: 'truncate', keepBytes: 6, silently: true }],
    ['login page', good, { kind: 'login-page' }],
    ['empty 200', good, { kind: 'empty-reply' }],
    ['wrong content type', good, { kind: 'wrong-content-type' }],
    ['cut after it was sent', good, { kind: 'cut-after-send' }],
    ['cut before, which nobody can know', good, { kind: 'cut-before-send' }],
    ['not JSON', () => new Response('{"id":', { headers: { 'content-type': 'application/json' } }), undefined],
    ['not UTF-8', () => new Response(new Uint8Array([0x22, 0xff, 0x22]), { headers: { 'content-type': 'application/json' } }), undefined],
    ['shorter than announced, yet valid JSON', () => new Response('{"id":"a"}', { headers: { 'content-type': 'application/json', 'content-length': '99' } }), undefined],
    ['longer than allowed', () => Response.json({ id: 'x'.repeat(2_000) }), undefined],
  ];
  test.each(cases)('%s', async (_name, make, fault) => {
    const limit = { maxReplyBytes: 1_000 };
    expect(await failureOf(requestJson(answering(make, fault).services, { ...write, ...limit }, replySchema))).toMatchObject({ code: 'deadline-exceeded', retry: 'reconcile-first', facts: { outcome: 'unknown' } });
    expect(await failureOf(requestJson(answering(make, fault).services, { ...read, ...limit }, replySchema))).toMatchObject({ code: 'unavailable', retry: 'with-backoff' });
  });
  test('of another shape', async () => {
    const make = (): Response => Response.json({ id: 7 });
    expect(await failureOf(requestJson(answering(make).services, write, replySchema))).toMatchObject({ code: 'deadline-exceeded', retry: 'reconcile-first' });
    const error = await failureOf(requestJson(answering(make).services, read, replySchema));
    expect([error.code, error.retry, error.message]).toEqual(['internal', 'never', expect.stringContaining('id: Invalid input: expected string') as string]);
  });
});

test('a refused connection proves that nothing was sent, an untrusted certificate too', async () => {
  expect(await failureOf(requestJson(answering(good, { kind: 'cut-before-send', errorCode: 'ECONNREFUSED' }).services, write, replySchema))).toMatchObject({ code: 'unavailable', retry: 'with-backoff', facts: { outcome: 'not-sent' } });
  const untrusted = createMockHost({ fetch: () => Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error('self-signed'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }) })) });
  expect(await failureOf(requestJson(untrusted.services, write, replySchema))).toMatchObject({ code: 'unavailable', retry: 'after-fix', facts: { outcome: 'not-sent' } });
  const bothAddresses = createMockHost({ fetch: () => Promise.reject(new TypeError('fetch failed', { cause: new AggregateError([Object.assign(new Error('a'), { code: 'ECONNREFUSED' }), Object.assign(new Error('b'), { code: 'ECONNRESET' })]) })) });
  expect(await failureOf(requestJson(bothAddresses.services, write, replySchema))).toMatchObject({ retry: 'reconcile-first' });
});

test('time runs out by the lent clock: own timeout, or the caller\'s deadline when it is sooner', async () => {
  for (const [more, afterMs] of [[{ timeoutMs: 5_000 }, 5_000], [{ call: { ...call, deadlineMs: Date.UTC(2026, 10, 22, 3, 0, 2) } }, 2_000]] as const) {
    const host = answering(good, { kind: 'delay', delayMs: 60_000, on: 'reply' });
    const sending = failureOf(requestJson(host.services, { ...write, ...more }, replySchema));
    await host.clock.advance(afterMs - 1);
    expect(host.arrived()).toBe(1);
    await host.clock.advance(1);
    expect(await sending).toMatchObject({ code: 'deadline-exceeded', retry: 'reconcile-first' });
    expect(host.clock.sleepers).toEqual([]);
  }
  const host = answering(good);
  expect(await failureOf(requestJson(host.services, { ...write, call: { ...call, deadlineMs: 5 } }, replySchema))).toMatchObject({ code: 'deadline-exceeded', retry: 'with-backoff', facts: { outcome: 'not-sent' } });
  expect(host.arrived()).toBe(0);
});

test('a body that never ends runs into the deadline as well', async () => {
  const host = answering(() => new Response(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{')) }), { headers: { 'content-type': 'application/json' } }));
  const sending = failureOf(requestJson(host.services, read, replySchema));
  await host.clock.advance(30_000);
  expect(await sending).toMatchObject({ code: 'deadline-exceeded', retry: 'with-backoff' });
});

test('an abort passes unchanged, before and during the call; so does closing the instance', async () => {
  const reason = new Error('enough');
  const abort = new AbortController();
  const host = answering(good, { kind: 'delay', delayMs: 60_000 });
  const sending = requestJson(host.services, { ...write, call: { ...call, signal: abort.signal } }, replySchema);
  await host.clock.advance(10);
  abort.abort(reason);
  await expect(sending).rejects.toBe(reason);
  await expect(requestJson(host.services, { ...write, call: { ...call, signal: abort.signal } }, replySchema)).rejects.toBe(reason);
  const closing = requestJson(answeringAndClosing().services, write, replySchema);
  await expect(closing).rejects.toMatchObject({ code: 'cancelled' });
});
function answeringAndClosing(): ReturnType<typeof createMockHost> {
  const host = createMockHost({ fetch: () => {
    host.close();
    return new Promise(() => undefined);
  } });
  return host;
}

describe('secrets', () => {
  const canaries = createCanarySecrets();
  const token = canaries.secret('token');

  test('a 401 renews the token exactly once, also for many calls together; the second refusal is told', async () => {
    for (const [renewals, renewCount, succeeds] of [[['fresh'], 1, true], [[], 1, false]] as const) {
      const host = createMockHost({
        secrets: { token: { value: token, renewals } },
        fetch: (_url, init) => Promise.resolve(new Headers(init?.headers).get('authorization') === 'Bearer fresh' ? good() : Response.json({}, { status: 401 })),
      });
      using cache = createTokenCache(host.services, { secret: 'token' });
      const results = await Promise.allSettled(Array.from({ length: 5 }, () => requestJson(host.services, { ...write, token: cache }, replySchema)));
      expect(new Set(results.map(({ status }) => status))).toEqual(new Set([succeeds ? 'fulfilled' : 'rejected']));
      expect(host.secrets.uses.filter(({ kind }) => kind === 'renew').length).toBe(renewCount);
      expect(host.requests.length).toBe(10);
    }
  });

  test('nothing a vendor repeats gets into an error', async () => {
    const wifiKey = canaries.secret('wifi-key', 'passphrase');
    const makers: (() => Response)[] = [
      () => Response.json({ error: { code: token, message: `bad token ${token}` } }, { status: 403, headers: { 'request-id': token } }),
      () => new Response(`<html>${wifiKey}`, { headers: { 'content-type': 'text/html' } }),
      () => new Response(`{"key":"${token}`, { headers: { 'content-type': 'application/json' } }),
      () => Response.json({ id: [wifiKey, token] }),
      () => Response.json({ id: 'x', [token]: wifiKey }, { status: 500 }),
    ];
    for (const make of makers) {
      const host = createMockHost({ secrets: { token }, fetch: () => Promise.resolve(make()) });
      using cache = createTokenCache(host.services, { secret: 'token' });
      const error = await failureOf(requestJson(host.services, { ...write, url: `https://emm.example/?key=${encodeURIComponent(wifiKey)}`, body: { wifiKey }, token: cache }, replySchema));
      expect(canaries.findLeaks(error)).toEqual([]);
      expect(canaries.findLeaks(error.stack ?? '')).toEqual([]);
    }
  });

  test('a token that no header can carry is refused without being shown', async () => {
    const odd = `${token}\nx`;
    const host = createMockHost({ secrets: { token: odd }, fetch: () => Promise.resolve(good()) });
    using cache = createTokenCache(host.services, { secret: 'token' });
    const error = await failureOf(requestJson(host.services, { ...write, token: cache }, replySchema));
    expect([error.code, canaries.findLeaks(error), host.requests.length]).toEqual(['invalid-config', [], 0]);
  });
});
