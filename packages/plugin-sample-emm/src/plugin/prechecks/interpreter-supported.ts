import type { Interpreter } from '@winre-kit/sdk';
import type { SessionSighting } from '../sessions/find-live-session.ts';
import type { PlannedPrecheck } from './precheck.ts';

/** Met when the agent said that it has the interpreter. Stock WinRE has no PowerShell. */
export function judgeInterpreter({ session, observedAt }: SessionSighting, interpreter: Interpreter): PlannedPrecheck {
  const id = 'interpreter-supported';
  const interpreters = session?.abilities?.interpreters;
  if (!interpreters) return { id, state: 'unknown', observedAt, evidence: 'the device has not said which interpreters it has' };
  return { id, state: interpreters.includes(interpreter) ? 'met' : 'unmet', observedAt, evidence: `wanted ${interpreter}; the device has ${interpreters.join(', ') || 'none'}` };
}
