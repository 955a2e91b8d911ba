import { nodesToRead, type CspDialect } from '@winre-kit/sdk/windows';
import { compileFor } from './compile-for.ts';
import { sendExecs } from './end-session.ts';
import type { MdmReport, MdmSession } from './mdm-session.ts';
import { isRecoveryGroup } from './recovery-groups.table.ts';
import { withOutcome, type MdmStepOutcome, type MdmTurnFacts } from './mdm-turn.ts';

/** Begins reading in a dialect, or says that there is none. Pure. */
export function beginReading(dialect: CspDialect | 'none', session: MdmSession, report: MdmReport, facts: MdmTurnFacts): MdmStepOutcome {
  const { found: _, sentFingerprint: _sent, cut: _cut, finished: _finished, ...rest } = session;
  const next: MdmSession = { ...rest, dialect, step: 'read', results: [], rounds: 1, isComplete: true, accepted: [] };
  const { groups, notExpressed, doubts } = compileFor(next, report, facts);
  // Whether the build has the groups at all is asked along.
  if (dialect !== 'none') return ask(next, { ...report, dialect }, [...new Set([...nodesToRead(dialect), ...groups.map(({ root }) => root).filter(isRecoveryGroup)])]);
  const { actual: _former, ...kept } = report;
  return sendExecs(next, withOutcome({ ...kept, dialect, drift: [], notExpressed, doubts, judgedFingerprint: facts.fingerprint }, notExpressed.length > 0 ? 'unsupported' : 'converged'), facts);
}

/** Asks for the values of nodes. Pure. */
export function ask(session: MdmSession, report: MdmReport, uris: readonly string[]): MdmStepOutcome {
  return { session, report, requests: uris.map((uri) => ({ name: 'Get', uri })) };
}
