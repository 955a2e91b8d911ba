import { nodesToRead, parseReadback, type CspDialect, type ReadSettings } from '@winre-kit/sdk/windows';
import { settleAccepted, withAccepted } from './accepted-changes.ts';
import { ask, beginReading } from './begin-reading.ts';
import { chooseDialect, dialects, lacksMachine } from './choose-dialect.ts';
import { compileFor } from './compile-for.ts';
import { judgeChunk } from './cut-value.ts';
import { judgeDevice, putOff, sendExecs } from './end-session.ts';
import { isWithin, judgeChanges } from './judge-changes.ts';
import type { MdmRequest } from './mdm-request.ts';
import type { MdmRefusal, MdmReport, MdmSession } from './mdm-session.ts';
import { maxRetries, type MdmStepOutcome, type MdmTurnFacts } from './mdm-turn.ts';
import { planChanges, splitTooLong } from './plan-changes.ts';

/** Sends what differs. Pure. */
export function applyChanges(session: MdmSession, actual: ReadSettings, report: MdmReport, facts: MdmTurnFacts): MdmStepOutcome {
  const compiled = compileFor(session, report, facts);
  const settled = settleAccepted(report, compiled, actual, facts.fingerprint);
  const { drift, requests } = planChanges({ compiled, actual, isApplied: settled.appliedFingerprint === facts.fingerprint, removes: facts.removes, absentRoots: report.absentRoots });
  const seen: MdmReport = { ...settled, observedAt: facts.now, actual, drift, notExpressed: compiled.notExpressed, doubts: compiled.doubts, judgedFingerprint: facts.fingerprint };
  if (requests.length === 0) return judgeDevice(session, actual, withAccepted(seen, facts.fingerprint, []), facts);
  return send(session, seen, requests, facts);
}

/** Looks at what became of the changes: on with the rest, again, in the other dialect, or on to reading back. Pure. */
export function takeChanges(session: MdmSession, report: MdmReport, facts: MdmTurnFacts): MdmStepOutcome {
  const { dialect } = session;
  if (dialect === undefined || dialect === 'none') return sendExecs(session, report, facts);
  const compiled = compileFor(session, report, facts);
  const { judged, goesOn, isStopped } = judgeChunk(session, facts.fingerprint);
  const { busy, existing, lacksDialect, isDone, refusals, found, accepted, ...roots } = judgeChanges(judged, session.found ?? [], compiled, session.present.includes(dialect));
  // A device that shows the provider has it, whatever single nodes it refuses. Without the group that matters it is of no use when there is another.
  if (lacksDialect || lacksMachine(roots.absentRoots, session.present, facts)) return readInOther(dialect, session, { ...report, absentRoots: [...new Set([...report.absentRoots, ...roots.absentRoots])] }, facts);

  const mayRepeat = session.retries < maxRetries;
  const isPutOff = busy.length > 0 && !mayRepeat;
  const retries = busy.length > 0 && mayRepeat ? 1 : 0;
  const absentRoots = [...new Set([...report.absentRoots, ...roots.absentRoots])];
  const { lastSession } = refused(report, refusals);
  const noted: MdmReport = { ...report, absentRoots, lastSession: { ...lastSession, retries: lastSession.retries + retries } };

  const waiting = session.waiting.filter((uri) => uri !== session.cut?.uri || goesOn !== undefined);
  const wanted = [...(mayRepeat ? busy : []), ...existing, ...waiting].filter((uri) => !absentRoots.some((root) => isWithin(root, uri)));
  const isApplied = report.appliedFingerprint === facts.fingerprint;
  const planned = planChanges({ compiled, actual: parseReadback(found, dialect), isApplied, removes: facts.removes, absentRoots }).requests;
  // The rest of a value has to come before anything else.
  const requests = planned.filter(({ uri }) => wanted.includes(uri)).toSorted((one, other) => Number(other.uri === goesOn?.uri) - Number(one.uri === goesOn?.uri));
  const isPlanned = wanted.every((uri) => requests.some((request) => request.uri === uri));
  const { cut: _, finished = [], ...rest } = session;
  const waitedFor = [...session.accepted, ...accepted].filter(({ uri }) => !finished.some((told) => isWithin(told, uri)));
  const next: MdmSession = {
    ...rest, found, ...(goesOn && { cut: goesOn }), isComplete: session.isComplete && isDone && isPlanned && !isPutOff && !isStopped,
    accepted: waitedFor, retries: session.retries + retries,
  };
  const known = isPutOff ? putOff(noted, busy) : noted;
  return requests.length > 0 ? send(next, known, requests, facts) : verify(next, known, dialect);
}

/** Sends all that may be sent, and remembers which desired state it was taken from. What it was about to send and never can stands among the refusals. */
function send(session: MdmSession, report: MdmReport, requests: readonly MdmRequest[], { fingerprint, maxMessageBytes }: MdmTurnFacts): MdmStepOutcome {
  const { fitting, tooLong } = splitTooLong(requests, maxMessageBytes);
  const { sentFingerprint = fingerprint } = session;
  // Of two desired states that were sent in part neither is there completely.
  const isComplete = session.isComplete && sentFingerprint === fingerprint && tooLong.length === 0;
  const next: MdmSession = { ...session, step: 'apply', sentFingerprint, isComplete };
  const known = refused(withoutOthers(report, fingerprint), tooLong.map(({ name, uri }) => ({ name, uri, status: 413 })));
  return fitting.length === 0 && next.dialect !== undefined && next.dialect !== 'none' ? verify(next, known, next.dialect) : { session: next, report: known, requests: fitting };
}

/** What is known to be written of another desired state may be written over from now on, with a key that nobody reads. */
function withoutOthers({ appliedFingerprint, accepted, ...rest }: MdmReport, fingerprint: string): MdmReport {
  return { ...rest, ...(appliedFingerprint === fingerprint && { appliedFingerprint }), ...(accepted?.fingerprint === fingerprint && { accepted }) };
}

/** The other dialect is tried even when its root was not seen: it costs one round. What the first one was refused for says nothing any more. */
function readInOther(dialect: CspDialect, session: MdmSession, report: MdmReport, facts: MdmTurnFacts): MdmStepOutcome {
  const ruledOut = [...session.ruledOut, dialect];
  const present = dialects.filter((other) => other !== dialect);
  const other = chooseDialect({ osBuild: report.osBuild, edition: facts.edition, present, absent: [], ruledOut }) ?? 'none';
  return beginReading(other, { ...session, ruledOut }, { ...report, lastSession: { ...report.lastSession, refusals: [] } }, facts);
}

/** Everything was sent; what was written completely is remembered, or waited for, and the device is read once more. */
function verify(session: MdmSession, report: MdmReport, dialect: CspDialect): MdmStepOutcome {
  const { found: _, ...rest } = session;
  const { appliedFingerprint: _former, accepted: _waited, ...unapplied } = report;
  const written = session.isComplete && session.sentFingerprint !== undefined ? withAccepted(report, session.sentFingerprint, session.accepted) : unapplied;
  return ask({ ...rest, step: 'verify', results: [], rounds: 1 }, written, nodesToRead(dialect));
}

/** Each is told once, however often it was tried or its message came. */
function refused(report: MdmReport, refusals: readonly MdmRefusal[]): MdmReport {
  const { lastSession } = report;
  const isNew = ({ name, uri, status }: MdmRefusal): boolean => !lastSession.refusals.some((known) => known.name === name && known.uri === uri && known.status === status);
  return { ...report, lastSession: { ...lastSession, refusals: [...lastSession.refusals, ...refusals.filter(isNew)] } };
}
