import { createFakePlugin, createManualClock, createMemoryStorage } from '@winre-kit/testkit';
import type { HostEvents } from '@winre-kit/sdk/host';
import { expect, test } from 'vitest';
import { device, setUpHost, type HostSetup } from './host-setup.ts';

const names = ['session-detected', 'session-resumed', 'session-lost', 'session-ended'] as const satisfies readonly (keyof HostEvents)[];

async function following(more: Parameters<typeof setUpHost>[0] = {}): Promise<HostSetup & { heard: string[] }> {
  const setup = await setUpHost({ followSessions: true, ...more });
  const heard: string[] = [];
  for (const name of names) setup.host.events.on(name, ({ session }) => void heard.push(`${name} ${session.sessionId}`));
  await setup.clock.advance(0);
  return { ...setup, heard };
}

test('a session is detected, loses its heartbeat, is probed, lost, resumed and ended, and each of these is audited once', async () => {
  const { host, clock, vendor, heard, audit } = await following();
  vendor.sessions.detect({ sessionId: 's-1', device, heartbeatEveryMs: 1_000 });
  await clock.advance(0);
  expect(host.sessions.list()).toMatchObject([{ state: 'live', session: { sessionId: 's-1' } }]);
  await clock.advance(20_000);
  expect(host.sessions.get('s-1')).toMatchObject({ state: 'lost' });
  vendor.sessions.heartbeat('s-1');
  await clock.advance(0);
  expect(host.sessions.get('s-1')).toMatchObject({ state: 'live', resumptions: 1 });
  vendor.sessions.end('s-1', 'booted');
  await clock.advance(0);
  expect(host.sessions.list()).toEqual([]);
  expect(heard).toEqual(['session-detected s-1', 'session-lost s-1', 'session-resumed s-1', 'session-ended s-1']);
  expect((await audit.exportAudit()).entries.map(({ kind }) => kind).filter((kind) => kind.startsWith('session.'))).toEqual(['session.detected', 'session.lost', 'session.resumed', 'session.ended']);
  await host[Symbol.asyncDispose]();
});

test('a host that starts again goes on behind its resume token, and hears nothing twice', async () => {
  const clock = createManualClock();
  const plugin = createFakePlugin({ clock });
  const storage = createMemoryStorage();
  const first = await following({ clock, plugin, storage });
  plugin.vendor.sessions.detect({ sessionId: 's-1', device });
  await clock.advance(0);
  await first.host[Symbol.asyncDispose]();
  expect(Object.keys(storage.entries).some((key) => key.startsWith('sessions/resume-token/'))).toBe(true);
  plugin.vendor.sessions.end('s-1', 'booted');
  plugin.vendor.sessions.detect({ sessionId: 's-2', device });
  plugin.vendor.sessions.keepLast(0);
  const second = await following({ clock, plugin, storage });
  expect(second.heard.filter((line) => line.endsWith('s-1'))).toEqual([]);
  expect(second.host.sessions.list().map(({ session }) => session.sessionId)).toEqual(['s-2']);
  await second.host[Symbol.asyncDispose]();
});

test('watch yields what is there, then every change, until it is stopped', async () => {
  const { host, clock, vendor } = await following();
  vendor.sessions.detect({ sessionId: 's-1', device });
  await clock.advance(0);
  const stop = new AbortController();
  const watching = host.sessions.watch({ deviceId: 'device-1', signal: stop.signal })[Symbol.asyncIterator]();
  expect((await watching.next()).value).toMatchObject({ session: { sessionId: 's-1' } });
  const next = watching.next();
  vendor.sessions.end('s-1', 'booted');
  expect((await next).value).toMatchObject({ state: 'ended' });
  stop.abort(new Error('enough'));
  await expect(watching.next()).rejects.toThrow('enough');
  await host[Symbol.asyncDispose]();
});

test('logs come as events, and a listener that throws disturbs nothing', async () => {
  const { host, clock, vendor, logs } = await following();
  const texts: string[] = [];
  host.events.on('session-log', ({ text }) => {
    texts.push(text);
    throw new TypeError('listener is broken');
  });
  vendor.sessions.detect({ sessionId: 's-1', device });
  vendor.sessions.log('s-1', 'one');
  vendor.sessions.log('s-1', 'two');
  await clock.advance(0);
  expect(texts).toEqual(['one', 'two']);
  expect(logs.some(({ message }) => message.includes('listener for session-log failed'))).toBe(true);
  await host[Symbol.asyncDispose]();
});
