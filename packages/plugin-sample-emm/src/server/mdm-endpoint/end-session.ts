import type { ReadSettings } from '@winre-kit/sdk/windows';
import { settleAccepted } from './accepted-changes.ts';
import { compileFor } from './compile-for.ts';
import type { MdmRequest } from './mdm-request.ts';
import type { MdmOutcome, MdmReport, MdmSession } from './mdm-session.ts';
import { withOutcome, type MdmStepOutcome, type MdmTurnFacts } from './mdm-turn.ts';
import { driftThatCounts } from './plan-changes.ts';

/** Says how the device stands by what was read, and goes on to Execs. Pure. */
export function judgeDevice(session: MdmSession, actual: ReadSettings, report: MdmReport, facts: MdmTurnFacts): MdmStepOutcome {
  const compiled = compileFor(session, report, facts);
  const drift = driftThatCounts({ compiled, actual, removes: facts.removes, absentRoots: report.absentRoots });
  const settled = settleAccepted(report, compiled, actual, facts.fingerprint);
  const seen: MdmReport = { ...settled, observedAt: facts.now, actual, drift, notExpressed: compiled.notExpressed, doubts: compiled.doubts, judgedFingerprint: facts.fingerprint };
  return sendExecs(session, withOutcome(seen, outcomeOf(seen, facts)), facts);
}

function outcomeOf({ lastSession, drift, accepted, appliedFingerprint }: MdmReport, { fingerprint }: MdmTurnFacts): MdmOutcome {
  if (lastSession.outcome === 'busy') return 'busy';
  if (drift.length === 0 && appliedFingerprint === fingerprint) return 'converged';
  return accepted !== undefined && drift.every(({ uri }) => accepted.changes.some((change) => change.uri === uri)) ? 'waiting' : 'drifting';
}

/** Sends the Execs that wait; the session ends when there are none. Pure. */
export function sendExecs(session: MdmSession, report: MdmReport, { execs }: MdmTurnFacts): MdmStepOutcome {
  const requests = execs.filter(({ state }) => state === 'queued').map(({ execKey, uri, data }): MdmRequest => ({ name: 'Exec', execKey, uri, ...(data !== undefined && { data }) }));
  return { session: { ...session, step: requests.length > 0 ? 'execute' : 'done', results: [] }, report, requests };
}

/** The session is over for these addresses: the device was busy as often as it may be. The report says that its next session begins with them. Pure. */
export function putOff(report: MdmReport, uris: readonly string[]): MdmReport {
  const { lastSession } = withOutcome(report, 'busy');
  const before = lastSession.putOff?.uris ?? [];
  return { ...report, lastSession: { ...lastSession, putOff: { uris: [...new Set([...before, ...uris])], until: 'next-session' } } };
}

/** The report with one repetition more. Pure. */
export function counted(report: MdmReport): MdmReport {
  return { ...report, lastSession: { ...report.lastSession, retries: report.lastSession.retries + 1 } };
}
