import { expect, test } from 'vitest';
import { createFaultTransport } from './fault-transport.ts';
import { createManualClock } from './manual-clock.ts';
import type { TransportFault } from './transport-fault.ts';

/** A server that counts what reached it. */
function createServer(): { effects: string[]; send: (url: string | URL, init?: RequestInit) => Promise<Response> } {
  const effects: string[] = [];
  return {
    effects,
    send(url) {
      effects.push(new URL(url).pathname);
      return Promise.resolve(Response.json({ effect: effects.length }));
    },
  };
}
const always = (): boolean => true;
const post = { method: 'POST', body: '{}' };

function setUp(fault: TransportFault): ReturnType<typeof createServer> & ReturnType<typeof createFaultTransport> {
  const server = createServer();
  const transport = createFaultTransport(server.send, [{ matches: always, fault }]);
  return { ...server, ...transport };
}

test('cut before: the server got nothing; cut after: it did its work', async () => {
  for (const [kind, effects] of [['cut-before-send', 0], ['cut-after-send', 1]] as const) {
    const { fetch, effects: seen, log } = setUp({ kind });
    await expect(fetch('https://emm.example/start', post)).rejects.toMatchObject({ name: 'TypeError', cause: { code: 'ECONNRESET' } });
    expect(seen.length).toBe(effects);
    expect(log).toEqual([{ method: 'POST', url: 'https://emm.example/start', fault: kind, sent: effects, status: undefined }]);
    expect((await fetch('https://emm.example/start', post)).status).toBe(200);
  }
  await expect(setUp({ kind: 'cut-before-send', errorCode: 'ECONNREFUSED' }).fetch('https://emm.example/')).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
});

test('a truncated body breaks, or just ends', async () => {
  const broken = await setUp({ kind: 'truncate', keepBytes: 5 }).fetch('https://emm.example/');
  const reader = broken.body?.getReader();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('{"eff');
  await expect(reader?.read()).rejects.toThrow('terminated');
  const short = await setUp({ kind: 'truncate', keepBytes: 5, silently: true }).fetch('https://emm.example/');
  expect([await short.text(), short.headers.get('content-length')]).toEqual(['{"eff', '12']);
});

test('a delay lasts by the lent clock, before or after the server', async () => {
  for (const on of ['request', 'reply'] as const) {
    const server = createServer();
    const clock = createManualClock();
    const { fetch } = createFaultTransport(server.send, [{ matches: always, fault: { kind: 'delay', delayMs: 500, on } }], clock);
    const reply = fetch('https://emm.example/');
    await clock.advance(499);
    expect(server.effects.length).toBe(on === 'reply' ? 1 : 0);
    await clock.advance(1);
    expect((await reply).status).toBe(200);
  }
});

test('a duplicate reaches the server twice', async () => {
  const { fetch, effects } = setUp({ kind: 'duplicate' });
  expect(await (await fetch('https://emm.example/')).json()).toEqual({ effect: 2 });
  expect(effects.length).toBe(2);
});

test('reordered requests arrive the other way round', async () => {
  const { fetch, effects } = setUp({ kind: 'reorder' });
  const first = fetch('https://emm.example/first');
  await fetch('https://emm.example/second');
  await first;
  expect(effects).toEqual(['/second', '/first']);
});

test('429 comes with seconds, with a date or bare, and reaches no server', async () => {
  const date = new Date('2026-11-22T03:10:00Z');
  for (const [fault, header] of [
    [{ kind: 'throttle', retryAfterSeconds: 7 }, '7'],
    [{ kind: 'throttle', retryAfterDate: date }, 'Sun, 22 Nov 2026 03:10:00 GMT'],
    [{ kind: 'throttle' }, null],
  ] as const) {
    const { fetch, effects } = setUp(fault);
    const response = await fetch('https://emm.example/');
    expect([response.status, response.headers.get('retry-after'), effects.length]).toEqual([429, header, 0]);
  }
});

test('replies that are no replies', async () => {
  const page = await setUp({ kind: 'login-page' }).fetch('https://emm.example/');
  expect([page.status, page.headers.get('content-type'), await page.text()]).toEqual([200, 'text/html; charset=utf-8', expect.stringContaining('<form')]);
  const empty = setUp({ kind: 'empty-reply' });
  expect([await (await empty.fetch('https://emm.example/')).text(), empty.effects.length]).toEqual(['', 1]);
  const odd = await setUp({ kind: 'wrong-content-type' }).fetch('https://emm.example/');
  expect([odd.headers.get('content-type'), await odd.text()]).toEqual(['text/plain', '{"effect":1}']);
  expect((await setUp({ kind: 'status', status: 503 }).fetch('https://emm.example/')).status).toBe(503);
});

test('rules strike by matcher, after a skip, for a count, and tell when they were not used', async () => {
  const server = createServer();
  const { fetch, unusedRules, log, plan } = createFaultTransport(server.send, [
    { matches: ({ method, url }) => method === 'POST' && url.pathname === '/start', fault: { kind: 'status', status: 500 }, skip: 1, count: 2 },
  ]);
  plan({ matches: () => false, fault: { kind: 'login-page' } });
  for (let round = 0; round < 4; round += 1) await fetch('https://emm.example/start', post);
  await fetch('https://emm.example/start');
  expect(log.map((record) => record.status)).toEqual([200, 500, 500, 200, 200]);
  expect(unusedRules.length).toBe(1);
});
