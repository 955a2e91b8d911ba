import type { RecoverySession } from '@winre-kit/sdk';
import { expect, test } from 'vitest';
import { judgeSessionLive } from './session-live.ts';

const session: RecoverySession = {
  sessionId: 's1', device: { id: 'd', enrolmentEpoch: 'e' }, source: 'agent', confidence: 'confirmed', bootReason: 'unknown', startedAt: '2026-11-22T03:00:00.000Z', lastSeenAt: '2026-11-22T03:00:00.000Z', heartbeatEveryMs: 1_000,
};
const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 22, 3) + seconds * 1_000).toISOString();

test.each([
  ['no session', undefined, at(0), undefined, 'unmet'],
  ['three heartbeats of silence', session, at(3), undefined, 'met'],
  ['more than that', session, at(3.001), undefined, 'unmet'],
  ['the session that is meant', session, at(1), 's1', 'met'],
  ['another session than the one that is meant', session, at(1), 's0', 'unmet'],
] as const)('%s', (_name, given, observedAt, sessionId, state) => {
  expect(judgeSessionLive({ session: given, observedAt }, sessionId)).toMatchObject({ id: 'session-live', state });
});

test('the evidence is as old as the last heartbeat, not as the question', () => {
  expect(judgeSessionLive({ session, observedAt: at(2) }).observedAt).toBe(session.lastSeenAt);
});
