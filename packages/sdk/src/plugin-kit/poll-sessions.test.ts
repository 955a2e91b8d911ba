import { createManualClock } from '@winre-kit/testkit';
import { expect, test } from 'vitest';
import { sessionEventSchema, type SessionEventInput } from '../contract/session-event.ts';
import { RecoveryError } from '../errors/recovery-error.ts';
import type { RecoverySession } from '../schemas/session.ts';
import { diffSessions, type TrackedSession } from './diff-sessions.ts';
import { pollSessions } from './poll-sessions.ts';

const startMs = Date.UTC(2026, 10, 22, 3);
const hysteresis = { missesUntilLost: 2, missesUntilEnded: 4 };
const session = (id: string, lastSeenMs = startMs): RecoverySession => ({
  sessionId: id, device: { id: `device-of-${id}`, enrolmentEpoch: 'e' }, source: 'vendor-event', confidence: 'likely', bootReason: 'unknown',
  startedAt: new Date(startMs).toISOString(), lastSeenAt: new Date(lastSeenMs).toISOString(), heartbeatEveryMs: 60_000,
});

/** Feeds lists one after the other, a minute apart, and tells the event types of each. */
function play(lists: readonly (readonly RecoverySession[])[]): { types: string[][]; ids: string[] } {
  let tracked: readonly TrackedSession[] = [];
  const ids: string[] = [];
  const types = lists.map((listed, round) => {
    const diff = diffSessions(tracked, listed, startMs + round * 60_000, hysteresis);
    ({ tracked } = diff);
    for (const event of diff.events) ids.push(sessionEventSchema.parse(event).eventId);
    return diff.events.map(({ type }) => type);
  });
  return { types, ids };
}

test('a session is detected once and beats when it was seen anew', () => {
  expect(play([[session('a')], [session('a')], [session('a', startMs + 60_000)], [session('a', startMs + 60_000), session('a', startMs + 60_000)]]).types).toEqual([['session.detected'], [], ['session.heartbeat'], []]);
});

test('a session that is missed for a while goes on, without a second detection', () => {
  expect(play([[session('a')], [], [session('a')], [], [], [session('a', startMs + 200_000)]]).types).toEqual([['session.detected'], [], [], [], ['session.lost'], ['session.heartbeat']]);
});

test('a session that stays away is lost, then ended, once each; later it is a new one', () => {
  const { types, ids } = play([[session('a')], [], [], [], [], [], [session('a', startMs + 400_000)]]);
  expect(types).toEqual([['session.detected'], [], ['session.lost'], [], ['session.ended'], [], ['session.detected']]);
  expect(play([[session('a')], [], [], [], []]).ids).toEqual(ids.slice(0, 3));
});

test('the poller tells changes with checkpoints, and resumes from one without repeating itself', async () => {
  const clock = createManualClock({ nowMs: startMs });
  const stop = new AbortController();
  let listed = [session('a'), session('b')];
  const run = async (resumeToken: string | undefined, events: SessionEventInput[], signal: AbortSignal): Promise<void> => {
    const poll = { list: async function* () { yield* await Promise.resolve(listed); }, everyMs: 60_000, hysteresis };
    for await (const event of pollSessions({ clock }, poll, { deviceId: 'device-of-a', ...(resumeToken === undefined ? {} : { resumeToken }) }, { signal, correlationId: 'c' })) events.push(event);
  };
  const first: SessionEventInput[] = [];
  const running = run(undefined, first, stop.signal);
  await clock.advance(60_000);
  expect(first.map(({ type }) => type)).toEqual(['session.detected', 'stream.checkpoint']);
  stop.abort();
  await expect(running).rejects.toBe(stop.signal.reason);
  listed = [];
  const second: SessionEventInput[] = [];
  const again = new AbortController();
  const checkpoint = first.at(-1) as Extract<SessionEventInput, { type: 'stream.checkpoint' }>;
  const resumed = run(checkpoint.resumeToken, second, again.signal);
  await clock.advance(200_000);
  again.abort();
  await expect(resumed).rejects.toBe(again.signal.reason);
  expect(second.map(({ type }) => type)).toEqual(['session.lost', 'stream.checkpoint', 'session.ended', 'stream.checkpoint']);
  expect(new Set(second.map(({ eventId }) => eventId)).size).toBe(4);
});

test('a token that cannot be read begins with a gap', async () => {
  const clock = createManualClock();
  for await (const event of pollSessions({ clock }, { list: async function* () {}, everyMs: 1 }, { resumeToken: '{"x":1}' }, { signal: new AbortController().signal, correlationId: 'c' })) {
    expect(sessionEventSchema.parse(event).type).toBe('stream.gap');
    break;
  }
});

test('a list that fails is no missed list; Retry-After is kept; too many failures end the watch', async () => {
  const clock = createManualClock({ nowMs: startMs });
  const askedAtMs: number[] = [];
  const error = new RecoveryError('resource-exhausted', 'slow down', { retryAfterMs: 90_000 });
  const list = async function* (): AsyncGenerator<RecoverySession> {
    askedAtMs.push(clock.now() - startMs);
    if (askedAtMs.length > 1) throw error;
    yield await Promise.resolve(session('a'));
  };
  const types: string[] = [];
  const running = (async () => {
    for await (const { type } of pollSessions({ clock }, { list, everyMs: 60_000, hysteresis, maxFailures: 3 }, {}, { signal: new AbortController().signal, correlationId: 'c' })) types.push(type);
  })();
  await expect(clock.runUntilSettled(running)).rejects.toBe(error);
  expect([types, askedAtMs]).toEqual([['session.detected', 'stream.checkpoint'], [0, 60_000, 150_000, 240_000, 330_000]]);
  const broken = pollSessions({ clock }, { list: () => { throw new RecoveryError('permission-denied', 'no'); }, everyMs: 1 }, {}, { signal: new AbortController().signal, correlationId: 'c' });
  await expect(broken.next()).rejects.toMatchObject({ code: 'permission-denied' });
});
