import { compileSettings, nodesToRead, parseReadback, type CompiledSettings, type CspDialect, type ReadResult, type ReadSettings } from '@winre-kit/sdk/windows';
import { buildOf, chooseDialect } from './choose-dialect.ts';
import type { MdmRequest } from './mdm-request.ts';
import type { AskedCommand, MdmReport, MdmRefusal, MdmSession } from './mdm-session.ts';
import { driftThatCounts, fitRequests, planChanges } from './plan-changes.ts';
import { withOutcome, type MdmStepOutcome, type MdmTurnFacts } from './mdm-turn.ts';
import { meaningOfAnswer, meaningOfStatus } from './status-meaning.ts';
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
  return readWith(chooseDialect({ osBuild, edition: facts.edition, present, ruledOut: session.ruledOut }), { ...session, results: [] }, known, facts);
}

/** Begins reading in a dialect, or says that there is none. */
function readWith(dialect: CspDialect | 'none', session: MdmSession, report: MdmReport, facts: MdmTurnFacts): MdmStepOutcome {
  const { found: _, ...rest } = session;
  const next: MdmSession = { ...rest, dialect, step: 'read', results: [], waiting: [], rounds: 1 };
  if (dialect !== 'none') return { session: next, report: { ...report, dialect }, requests: nodesToRead(dialect).map((uri) => ({ name: 'Get', uri })) };
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
  if (busy.length > 0 && session.retries < maxRetries) return { session: { ...kept, retries: session.retries + 1 }, report: counted(report), requests: busy.map(get) };
  if (actual.stillToRead.length > 0 && session.rounds < maxRounds) return { session: { ...kept, rounds: session.rounds + 1 }, report, requests: actual.stillToRead.map(get) };
  return session.step === 'verify' ? judge(kept, actual, report, facts) : change(kept, actual, report, facts);
}

const get = (uri: string): MdmRequest => ({ name: 'Get', uri });

/** Sends what differs, as much as fits into a message. */
function change(session: MdmSession, actual: ReadSettings, report: MdmReport, facts: MdmTurnFacts): MdmStepOutcome {
  const compiled = compileFor(session, report, facts);
  const { drift, requests } = planChanges({ compiled, actual, isApplied: report.appliedFingerprint === facts.fingerprint, removes: facts.removes, absentRoots: report.absentRoots });
  const seen: MdmReport = { ...report, observedAt: facts.now, actual, drift, notExpressed: compiled.notExpressed };
  if (requests.length === 0) return judge(session, actual, { ...seen, appliedFingerprint: facts.fingerprint }, facts);
  return send(session, seen, requests, facts);
}

function send(session: MdmSession, report: MdmReport, requests: readonly MdmRequest[], facts: MdmTurnFacts): MdmStepOutcome {
  const { now, later } = fitRequests(requests, facts.maxMessageBytes);
  return { session: { ...session, step: 'apply', waiting: later.map(({ uri }) => uri) }, report, requests: now };
}

/** Looks at what became of the changes: again, in the other dialect, or on to reading back. */
function takeChanges(session: MdmSession, report: MdmReport, facts: MdmTurnFacts): MdmStepOutcome {
  const { dialect, found = [] } = session;
  if (dialect === undefined || dialect === 'none') return execute(session, report, facts);
  const compiled = compileFor(session, report, facts);
  const verdicts = session.asked.map((command) => ({ command, meaning: meaningOf(command) }));
  const mayBeAbsent = (uri: string): string | undefined => compiled.groups.find((group) => group.mayBeAbsent !== undefined && (uri === group.root || uri.startsWith(`${group.root}/`)))?.root;
  const absent = verdicts.filter(({ meaning }) => meaning === 'absent').map(({ command }) => command);
  const refusals = [...report.lastSession.refusals, ...verdicts.flatMap(({ command }) => refusalsOf(command))];
  const absentRoots = [...new Set([...report.absentRoots, ...absent.flatMap(({ uri }) => mayBeAbsent(uri) ?? [])])];
  const noted: MdmReport = { ...report, absentRoots, lastSession: { ...report.lastSession, refusals } };

  if (absent.some(({ uri, name }) => name !== 'Delete' && mayBeAbsent(uri) === undefined)) {
    const ruledOut = [...session.ruledOut, dialect];
    // The other dialect is tried even when its root was not seen: it costs one round.
    const present = dialects.filter((other) => other !== dialect);
    return readWith(chooseDialect({ osBuild: report.osBuild, edition: facts.edition, present, ruledOut }), { ...session, ruledOut }, noted, facts);
  }
  const busy = verdicts.filter(({ meaning }) => meaning === 'busy').map(({ command }) => command.uri);
  const again = busy.length > 0 && session.retries < maxRetries ? busy : [];
  const wanted = new Set([...again, ...session.waiting]);
  const actual = parseReadback(found, dialect);
  const requests = planChanges({ compiled, actual, isApplied: false, removes: facts.removes, absentRoots }).requests.filter(({ uri }) => wanted.has(uri));
  if (requests.length > 0) return send({ ...session, retries: session.retries + Math.min(1, again.length) }, again.length > 0 ? counted(noted) : noted, requests, facts);

  const isComplete = verdicts.every(({ command, meaning }) => meaning === 'done' || mayBeAbsent(command.uri) !== undefined) && refusals.every(({ uri }) => mayBeAbsent(uri) !== undefined);
  const { appliedFingerprint: _, ...unapplied } = noted;
  const applied: MdmReport = isComplete ? { ...noted, appliedFingerprint: facts.fingerprint } : unapplied;
  const { found: _found, ...rest } = session;
  const next: MdmSession = { ...rest, step: 'verify', results: [], rounds: 1 };
  return { session: next, report: busy.length > 0 ? withOutcome(applied, 'busy') : applied, requests: nodesToRead(dialect).map(get) };
}

/** The worst of an Atomic's members speaks for it: its own 507 says only that one of them failed. */
function meaningOf(command: AskedCommand): ReturnType<typeof meaningOfStatus> {
  const members = (command.members ?? []).map(meaningOfAnswer);
  return members.find((meaning) => meaning === 'busy' || meaning === 'absent') ?? members.find((meaning) => meaning === 'refused') ?? meaningOfAnswer(command);
}

function refusalsOf(command: AskedCommand): readonly MdmRefusal[] {
  return [command, ...(command.members ?? [])].flatMap((answered) => {
    const { name, uri, status } = answered;
    const meaning = meaningOfAnswer(answered);
    return status !== undefined && (meaning === 'refused' || meaning === 'absent') ? [{ name, uri, status }] : [];
  });
}

/** Compares once more, and goes on to Execs. */
function judge(session: MdmSession, actual: ReadSettings, report: MdmReport, facts: MdmTurnFacts): MdmStepOutcome {
  const compiled = compileFor(session, report, facts);
  const drift = driftThatCounts(compiled, actual, facts.removes);
  const isAccepted = (uri: string): boolean => report.absentRoots.some((root) => uri.startsWith(`${root}/`));
  const left = drift.filter(({ uri }) => !isAccepted(uri));
  const isWritten = report.appliedFingerprint === facts.fingerprint;
  const outcome = report.lastSession.outcome === 'busy' ? 'busy' : left.length === 0 && isWritten ? 'converged' : 'drifting';
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

function compileFor({ dialect }: MdmSession, { osBuild }: MdmReport, { desired, edition }: MdmTurnFacts): CompiledSettings {
  const build = buildOf(osBuild) ?? { build: 0, revision: 0 };
  return compileSettings(desired, { build, edition, ...(dialect !== undefined && { dialect }) });
}

function counted(report: MdmReport): MdmReport {
  return { ...report, lastSession: { ...report.lastSession, retries: report.lastSession.retries + 1 } };
}
