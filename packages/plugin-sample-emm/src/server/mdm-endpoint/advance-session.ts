import { compileSettings, nodesToRead, parseReadback, type CompiledSettings, type CspDialect, type ReadResult, type ReadSettings } from '@winre-kit/sdk/windows';
import { buildOf, chooseDialect } from './choose-dialect.ts';
import { isWithin, judgeChanges } from './judge-changes.ts';
import type { MdmRequest } from './mdm-request.ts';
import type { AskedCommand, MdmReport, MdmSession } from './mdm-session.ts';
import { absentSettings, driftThatCounts, fitRequests, planChanges } from './plan-changes.ts';
import { withOutcome, type MdmStepOutcome, type MdmTurnFacts } from './mdm-turn.ts';
import { meaningOfStatus } from './status-meaning.ts';
import { readResultsOf } from './take-answers.ts';

const buildUri = './DevDetail/SwV';
const rootUris: Readonly<Record<CspDialect, string>> = { recovery: './Vendor/MSFT/Recovery', 'remote-remediation': './Vendor/MSFT/RemoteRemediation' };
const dialects = Object.keys(rootUris) as CspDialect[];
/** How often a busy device is asked again within a session. */
const maxRetries = 3;
/** Reading goes one level deeper a round; there are two. */
const maxRounds = 4;

/** Takes a session to its next step, now that the device has answered everything. Pure. */
export function advanceSession(session: MdmSession, report: MdmReport, facts: MdmTurnFacts): MdmStepOutcome {
  switch (session.step) {
    case 'facts':
      return session.asked.length === 0 ? askFacts(session, report) : takeFacts(session, report, facts);
    case 'read':
    case 'verify':
      return takeReadings(session, report, facts);
    case 'apply':
      return takeChanges(session, report, facts);
    case 'execute':
      return { session: { ...session, step: 'done' }, report, requests: [], effects: unanswered(session.asked) };
    case 'done':
      return { session, report, requests: [] };
  }
}

function askFacts(session: MdmSession, report: MdmReport): MdmStepOutcome {
  return { session, report, requests: [buildUri, ...dialects.map((dialect) => rootUris[dialect])].map((uri) => ({ name: 'Get', uri })) };
}

function takeFacts(session: MdmSession, report: MdmReport, facts: MdmTurnFacts): MdmStepOutcome {
  const results = readResultsOf(session);
  if (results.some(({ status }) => meaningOfStatus(status) === 'busy')) {
    return session.retries < maxRetries ? askFacts({ ...session, retries: session.retries + 1, asked: [] }, report) : execute(session, withOutcome(report, 'busy'), facts);
  }
  const osBuild = results.find(({ uri }) => uri === buildUri)?.value?.trim();
  const present = dialects.filter((dialect) => results.some(({ uri, status }) => uri === rootUris[dialect] && status === 200));
  const known: MdmReport = { ...report, ...(osBuild !== undefined && { osBuild }), ...(osBuild !== report.osBuild && { absentRoots: [] }) };
  return readWith(chooseDialect({ osBuild, edition: facts.edition, present, ruledOut: session.ruledOut }), { ...session, present, results: [] }, known, facts);
}

/** Begins reading in a dialect, or says that there is none. */
function readWith(dialect: CspDialect | 'none', session: MdmSession, report: MdmReport, facts: MdmTurnFacts): MdmStepOutcome {
  const { found: _, sentFingerprint: _sent, ...rest } = session;
  const next: MdmSession = { ...rest, dialect, step: 'read', results: [], rounds: 1, isComplete: true };
  if (dialect !== 'none') return ask(next, { ...report, dialect }, nodesToRead(dialect), facts);
  const { notExpressed } = compileFor(next, report, facts);
  const { actual: _former, ...kept } = report;
  return execute(next, withOutcome({ ...kept, dialect, drift: [], notExpressed }, notExpressed.length > 0 ? 'unsupported' : 'converged'), facts);
}

function takeReadings(session: MdmSession, report: MdmReport, facts: MdmTurnFacts): MdmStepOutcome {
  const { dialect } = session;
  if (dialect === undefined || dialect === 'none') return execute(session, report, facts);
  const answers = readResultsOf(session);
  const isBusy = ({ status }: ReadResult): boolean => meaningOfStatus(status) === 'busy';
  const busy = answers.filter(isBusy).map(({ uri }) => uri);
  const collected = [...(session.found ?? []), ...answers.filter((answer) => !isBusy(answer))];
  const actual = parseReadback(collected, dialect);
  // Without what is secret: this is stored.
  const kept: MdmSession = { ...session, found: actual.nodes, results: [] };
  if (busy.length > 0 && session.retries < maxRetries) return ask({ ...kept, retries: session.retries + 1 }, counted(report), [...busy, ...session.waiting], facts);
  if (session.waiting.length > 0) return ask(kept, report, session.waiting, facts);
  if (actual.stillToRead.length > 0 && session.rounds < maxRounds) return ask({ ...kept, rounds: session.rounds + 1 }, report, actual.stillToRead, facts);
  return session.step === 'verify' ? judge(kept, actual, report, facts) : change(kept, actual, report, facts);
}

/** Reads, as much as fits into a message of the client. */
function ask(session: MdmSession, report: MdmReport, uris: readonly string[], facts: MdmTurnFacts): MdmStepOutcome {
  const { now, later } = fitRequests(uris.map((uri) => ({ name: 'Get', uri })), facts.maxMessageBytes);
  return { session: { ...session, waiting: later.map(({ uri }) => uri) }, report, requests: now };
}

/** Sends what differs, as much as fits into a message. */
function change(session: MdmSession, actual: ReadSettings, report: MdmReport, facts: MdmTurnFacts): MdmStepOutcome {
  const compiled = compileFor(session, report, facts);
  const { drift, requests } = planChanges({ compiled, actual, isApplied: report.appliedFingerprint === facts.fingerprint, removes: facts.removes, absentRoots: report.absentRoots });
  const seen: MdmReport = { ...report, observedAt: facts.now, actual, drift, notExpressed: compiled.notExpressed };
  if (requests.length === 0) return judge(session, actual, { ...seen, appliedFingerprint: facts.fingerprint }, facts);
  return send(session, seen, requests, facts);
}

function send(session: MdmSession, report: MdmReport, requests: readonly MdmRequest[], { fingerprint, maxMessageBytes }: MdmTurnFacts): MdmStepOutcome {
  const { now, later } = fitRequests(requests, maxMessageBytes);
  const { sentFingerprint = fingerprint } = session;
  // Of two desired states that were sent in part neither is there completely.
  const isComplete = session.isComplete && sentFingerprint === fingerprint;
  return { session: { ...session, step: 'apply', waiting: later.map(({ uri }) => uri), sentFingerprint, isComplete }, report, requests: now };
}

/** Looks at what became of the changes: again, in the other dialect, or on to reading back. */
function takeChanges(session: MdmSession, report: MdmReport, facts: MdmTurnFacts): MdmStepOutcome {
  const { dialect } = session;
  if (dialect === undefined || dialect === 'none') return execute(session, report, facts);
  const compiled = compileFor(session, report, facts);
  const { busy, existing, lacksDialect, isDone, refusals, found, ...judged } = judgeChanges(session.asked, session.found ?? [], compiled);
  // A device that shows the provider has it, whatever single nodes it refuses.
  if (lacksDialect && !session.present.includes(dialect)) return readInOther(dialect, session, report, facts);

  const mayRepeat = session.retries < maxRetries;
  const again = [...(mayRepeat ? busy : []), ...existing];
  const absentRoots = [...new Set([...report.absentRoots, ...judged.absentRoots])];
  const retries = mayRepeat && busy.length > 0 ? 1 : 0;
  const lastSession = { ...report.lastSession, refusals: [...report.lastSession.refusals, ...refusals], retries: report.lastSession.retries + retries };
  const noted: MdmReport = { ...report, absentRoots, lastSession };
  const known = mayRepeat || busy.length === 0 ? noted : withOutcome(noted, 'busy');

  const wanted = [...again, ...session.waiting].filter((uri) => !absentRoots.some((root) => isWithin(root, uri)));
  const isApplied = report.appliedFingerprint === facts.fingerprint;
  const planned = planChanges({ compiled, actual: parseReadback(found, dialect), isApplied, removes: facts.removes, absentRoots }).requests;
  const requests = planned.filter(({ uri }) => wanted.includes(uri));
  const isPlanned = wanted.every((uri) => requests.some((request) => request.uri === uri));
  const isComplete = session.isComplete && isDone && isPlanned && (mayRepeat || busy.length === 0);
  const next: MdmSession = { ...session, found, isComplete, retries: session.retries + retries };
  return requests.length > 0 ? send(next, known, requests, facts) : verify(next, known, dialect, facts);
}

/** The other dialect is tried even when its root was not seen: it costs one round. What the first one was refused for says nothing any more. */
function readInOther(dialect: CspDialect, session: MdmSession, report: MdmReport, facts: MdmTurnFacts): MdmStepOutcome {
  const ruledOut = [...session.ruledOut, dialect];
  const present = dialects.filter((other) => other !== dialect);
  const other = chooseDialect({ osBuild: report.osBuild, edition: facts.edition, present, ruledOut });
  return readWith(other, { ...session, ruledOut }, { ...report, lastSession: { ...report.lastSession, refusals: [] } }, facts);
}

/** Everything was sent; what was written completely is remembered, and the device is read once more. */
function verify(session: MdmSession, report: MdmReport, dialect: CspDialect, facts: MdmTurnFacts): MdmStepOutcome {
  const { found: _, ...rest } = session;
  const { appliedFingerprint: _former, ...unapplied } = report;
  const written: MdmReport = session.isComplete && session.sentFingerprint !== undefined ? { ...report, appliedFingerprint: session.sentFingerprint } : unapplied;
  return ask({ ...rest, step: 'verify', results: [], rounds: 1 }, written, nodesToRead(dialect), facts);
}

/** Compares once more, and goes on to Execs. */
function judge(session: MdmSession, actual: ReadSettings, report: MdmReport, facts: MdmTurnFacts): MdmStepOutcome {
  const compiled = compileFor(session, report, facts);
  const drift = driftThatCounts({ compiled, actual, removes: facts.removes, absentRoots: report.absentRoots });
  const isWritten = report.appliedFingerprint === facts.fingerprint;
  const outcome = report.lastSession.outcome === 'busy' ? 'busy' : drift.length === 0 && isWritten ? 'converged' : 'drifting';
  return execute(session, withOutcome({ ...report, observedAt: facts.now, actual, drift, notExpressed: compiled.notExpressed }, outcome), facts);
}

function execute(session: MdmSession, report: MdmReport, { execs }: MdmTurnFacts): MdmStepOutcome {
  const requests = execs.filter(({ state }) => state === 'queued').map(({ execKey, uri, data }): MdmRequest => ({ name: 'Exec', execKey, uri, ...(data !== undefined && { data }) }));
  return { session: { ...session, step: requests.length > 0 ? 'execute' : 'done', results: [] }, report, requests };
}

/** The device ended its package without a word about these. */
function unanswered(asked: readonly AskedCommand[]): NonNullable<MdmStepOutcome['effects']> {
  return asked.flatMap(({ execKey, status }) => (execKey !== undefined && status === undefined ? [{ kind: 'exec-settled' as const, execKey, state: 'unknown' as const }] : []));
}

/** What the device should have, and beside it all that it will not get: its dialect has no words for it, its build no nodes, or there is too much of it. */
function compileFor({ dialect }: MdmSession, { osBuild, absentRoots }: MdmReport, { desired, edition, leftOut }: MdmTurnFacts): CompiledSettings {
  const build = buildOf(osBuild) ?? { build: 0, revision: 0 };
  const compiled = compileSettings(desired, { build, edition, ...(dialect !== undefined && { dialect }) });
  return { ...compiled, notExpressed: [...compiled.notExpressed, ...absentSettings(compiled, absentRoots), ...leftOut] };
}

function counted(report: MdmReport): MdmReport {
  return { ...report, lastSession: { ...report.lastSession, retries: report.lastSession.retries + 1 } };
}
