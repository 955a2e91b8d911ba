import { createManualClock } from '@winre-kit/testkit';
import { expect, test } from 'vitest';
import { facts, first } from '../../../test/planned-session.ts';
import { planMdmTurn } from './plan-mdm-turn.ts';
import { createUnfinishedSessions } from './unfinished-sessions.ts';

const { session } = planMdmTurn(undefined, first, facts);
const minuteMs = 60_000;

test('what a device said in part is kept for its certificate and for five minutes', async () => {
  const clock = createManualClock();
  const sessions = createUnfinishedSessions({ isInForce: () => true }, clock);
  sessions.set('d', 'old', session);
  expect([sessions.get('d', 'old'), sessions.get('d', 'new'), sessions.get('e', 'old')]).toEqual([session, undefined, undefined]);
  sessions.sweep();
  await clock.advance(4 * minuteMs);
  expect(sessions.get('d', 'old')).toEqual(session);
  sessions.set('d', 'old', session);
  await clock.advance(4 * minuteMs);
  expect(sessions.get('d', 'old')).toEqual(session);
  await clock.advance(minuteMs);
  expect(sessions.get('d', 'old')).toBeUndefined();
});

test('the sweep leaves nothing of those that are over or revoked', async () => {
  const clock = createManualClock();
  const revoked = new Set<string>();
  const looked: string[] = [];
  const sessions = createUnfinishedSessions({ isInForce: (thumbprint) => (looked.push(thumbprint), !revoked.has(thumbprint)) }, clock);
  sessions.set('a', 'a', session);
  await clock.advance(3 * minuteMs);
  for (const id of ['b', 'c']) sessions.set(id, id, session);
  revoked.add('b');
  await clock.advance(2 * minuteMs);
  sessions.sweep();
  revoked.clear();
  expect(['a', 'b', 'c'].map((id) => sessions.get(id, id) !== undefined)).toEqual([false, false, true]);
  looked.length = 0;
  sessions.sweep();
  expect(looked).toEqual(['c']);
});
