import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SessionEvent } from '../../contract/session-event.ts';
import type { RecoverySession } from '../../schemas/session.ts';
import { isAlive, judgeSilence } from './judge-silence.ts';
import { reduceSessionEvent, reduceSessionList, reduceSilence } from './reduce-session-event.ts';
import { noSessions, type SessionState, type SessionStep } from './session-state.ts';

const instant = (ms: number): string => new Date(Date.UTC(2026, 10, 22, 3) + ms).toISOString();
const session = (sessionId: string, deviceId = 'device-1', lastSeenMs = 0): RecoverySession => ({
  sessionId, device: { id: deviceId, enrolmentEpoch: 'e' }, source: 'agent', confidence: 'confirmed', bootReason: 'boot-failure', startedAt: instant(0), lastSeenAt: instant(lastSeenMs), heartbeatEveryMs: 1_000,
});
const stamp = (eventId: string, ms = 0): { eventId: string; occurredAt: string; observedAt: string } => ({ eventId, occurredAt: instant(ms), observedAt: instant(ms) });
const of = (sessionId: string, deviceId = 'device-1'): { sessionId: string; device: RecoverySession['device'] } => ({ sessionId, device: { id: deviceId, enrolmentEpoch: 'e' } });
const detected = (eventId: string, sessionId: string, deviceId?: string): SessionEvent => ({ type: 'session.detected', ...stamp(eventId), ...of(sessionId, deviceId), session: session(sessionId, deviceId) });
const heartbeat = (eventId: string, sessionId: string, ms = 1): SessionEvent => ({ type: 'session.heartbeat', ...stamp(eventId, ms), ...of(sessionId), sequence: 1 });
const lost = (eventId: string, sessionId: string): SessionEvent => ({ type: 'session.lost', ...stamp(eventId), ...of(sessionId), silentForMs: 9 });
const ended = (eventId: string, sessionId: string): SessionEvent => ({ type: 'session.ended', ...stamp(eventId), ...of(sessionId), reason: 'booted' });
const seen = { pluginId: 'p', monotonicMs: 0 };
const run = (events: readonly SessionEvent[], from: SessionState = noSessions): SessionStep =>
  events.reduce<SessionStep>((step, event) => {
    const next = reduceSessionEvent(step.state, event, seen);
    return { state: next.state, changes: [...step.changes, ...next.changes] };
  }, { state: from, changes: [] });
const types = ({ changes }: SessionStep): string[] => changes.map(({ type }) => type);

test('the same event twice is one event', () => {
  expect(types(run([detected('1', 's'), detected('1', 's'), heartbeat('2', 's'), heartbeat('2', 's')]))).toEqual(['session-detected', 'session-updated']);
});

test('a flapping session is lost and resumed, never detected again', () => {
  const step = run([detected('1', 's'), lost('2', 's'), heartbeat('3', 's'), lost('4', 's'), detected('5', 's')]);
  expect(types(step)).toEqual(['session-detected', 'session-lost', 'session-resumed', 'session-lost', 'session-resumed']);
  expect(step.state.sessions.get('s')).toMatchObject({ state: 'live', resumptions: 2 });
});

test('a session that ended stays ended', () => {
  const step = run([detected('1', 's'), ended('2', 's'), heartbeat('3', 's'), detected('4', 's'), lost('5', 's')]);
  expect(types(step)).toEqual(['session-detected', 'session-ended']);
});

test('a new session of the device ends the one before', () => {
  const step = run([detected('1', 's'), detected('2', 't'), detected('3', 'u', 'device-2')]);
  expect(types(step)).toEqual(['session-detected', 'session-ended', 'session-detected', 'session-detected']);
  expect(step.state.sessions.get('s')).toMatchObject({ state: 'ended', reason: expect.stringContaining('began session t') as string });
});

test('network, log, gap and checkpoint are passed on', () => {
  const network: SessionEvent = { type: 'session.network', ...stamp('2', 5), ...of('s'), network: { connected: true, kind: 'ethernet-dhcp', addresses: [] } };
  const log: SessionEvent = { type: 'session.log', ...stamp('3', 6), ...of('s'), sequence: 1, stream: 'agent', text: 'hello', bytes: 5, truncated: false };
  const step = run([detected('1', 's'), network, log, { type: 'stream.gap', ...stamp('4'), reason: 'old' }, { type: 'stream.checkpoint', ...stamp('5'), resumeToken: 't' }]);
  expect(types(step)).toEqual(['session-detected', 'session-updated', 'session-updated', 'session-log', 'stream-gap', 'stream-checkpoint']);
  expect(step.state.sessions.get('s')).toMatchObject({ network: { connected: true }, session: { lastSeenAt: instant(6) } });
});

test('after a gap the list is the truth: what is missing has ended, what is new is detected, and being listed alone is no sign of life', () => {
  const before = run([detected('1', 's'), detected('2', 't', 'device-2'), lost('3', 't')]).state;
  const step = reduceSessionList(before, [session('t', 'device-2'), session('v', 'device-3')], seen);
  expect(step.changes.map((change) => ('session' in change ? `${change.type} ${change.session.session.sessionId}` : change.type))).toEqual(['session-detected v', 'session-ended s']);
  expect(types(reduceSessionList(before, [session('s', 'device-1'), session('t', 'device-2', 10)], seen))).toEqual(['session-resumed']);
});

test('silence over three heartbeat intervals makes a session suspected, then lost; a word brings it back', () => {
  const { state } = run([detected('1', 's')]);
  expect(judgeSilence(state.sessions.values(), 3_000)).toEqual({ silent: [], nextCheckMs: 1 });
  const { silent } = judgeSilence(state.sessions.values(), 3_001);
  expect(silent.map(({ session: { sessionId } }) => sessionId)).toEqual(['s']);
  const suspected = reduceSilence(state, 's', { state: 'suspected-lost', reason: 'silent' });
  expect(types(suspected)).toEqual(['session-updated']);
  const gone = reduceSilence(suspected.state, 's', { state: 'lost', reason: 'silent' });
  expect(types(gone)).toEqual(['session-lost']);
  expect(types(reduceSilence(gone.state, 's', { state: 'lost', reason: 'silent' }))).toEqual([]);
  expect(types(run([heartbeat('9', 's')], gone.state))).toEqual(['session-resumed']);
  const known = state.sessions.get('s');
  expect(known && isAlive(known, { lastSeenAt: instant(1) })).toBe(true);
  expect(known && isAlive(known, { lastSeenAt: instant(0) })).toBe(false);
});

test('any events in any order, repeated at will: one live session per device, nothing comes back from the dead, repeats change nothing', () => {
  const ids = fc.constantFrom('s', 't', 'u');
  const anyEvent = fc.tuple(fc.nat({ max: 40 }), ids, fc.constantFrom('detected', 'heartbeat', 'lost', 'ended')).map(([number, id, kind]) =>
    kind === 'detected' ? detected(`${number}`, id) : kind === 'heartbeat' ? heartbeat(`${number}`, id, number) : kind === 'lost' ? lost(`${number}`, id) : ended(`${number}`, id));
  fc.assert(fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
    let state = noSessions;
    const dead = new Set<string>();
    for (const event of events) {
      const step = reduceSessionEvent(state, event, seen);
      state = step.state;
      for (const change of step.changes) if (change.type === 'session-ended') dead.add(change.session.session.sessionId);
      const open = [...state.sessions.values()].filter((tracked) => tracked.state !== 'ended');
      expect(open.length).toBeLessThanOrEqual(1);
      for (const tracked of open) expect(dead.has(tracked.session.sessionId)).toBe(false);
    }
    const again = run(events, state);
    expect(again.changes).toEqual([]);
    expect(again.state.sessions).toEqual(state.sessions);
  }));
});
