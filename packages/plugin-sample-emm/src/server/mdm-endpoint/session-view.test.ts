import { instantAt } from '@winre-kit/sdk';
import { expect, test } from 'vitest';
import type { MdmOutcome } from './mdm-session.ts';
import { sessionView } from './session-view.ts';

const seenAtMs = Date.parse('2026-11-22T03:00:00.000Z');
const shown = (outcome: MdmOutcome, afterMs: number): MdmOutcome =>
  sessionView({ sessionId: 's1', startedAt: instantAt(seenAtMs - 3_600_000), seenAt: instantAt(seenAtMs), outcome, refusals: [], retries: 0 }, seenAtMs + afterMs).outcome;

test('a session that goes on and of which nothing was heard for ten minutes was cut; how others ended stays', () => {
  expect([shown('running', 0), shown('running', 599_999), shown('running', 600_000)]).toEqual(['running', 'running', 'aborted']);
  expect([shown('converged', 86_400_000), shown('busy', 86_400_000)]).toEqual(['converged', 'busy']);
});
