import { parseReadback, type CspDialect, type ReadResult } from '@winre-kit/sdk/windows';
import { applyChanges, takeChanges } from './apply-changes.ts';
import { ask, beginReading } from './begin-reading.ts';
import { chooseDialect, dialects, lacksMachine } from './choose-dialect.ts';
import { counted, judgeDevice, putOff, sendExecs } from './end-session.ts';
import type { AskedCommand, MdmReport, MdmSession } from './mdm-session.ts';
import { maxRetries, type MdmStepOutcome, type MdmTurnFacts } from './mdm-turn.ts';
import { meaningOfStatus } from './status-meaning.ts';
import { readResultsOf } from './take-answers.ts';

const buildUri = './DevDetail/SwV';
const rootUris: Readonly<Record<CspDialect, string>> = { recovery: './Vendor/MSFT/Recovery', 'remote-remediation': './Vendor/MSFT/RemoteRemediation' };
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
      return { ...sendExecs(session, report, facts), effects: unanswered(session.asked) };
    case 'done':
      return { session, report, requests: [] };
  }
}

function askFacts(session: MdmSession, report: MdmReport): MdmStepOutcome {
  return ask(session, report, [buildUri, ...dialects.map((dialect) => rootUris[dialect])]);
}

function takeFacts(session: MdmSession, report: MdmReport, facts: MdmTurnFacts): MdmStepOutcome {
  const answers = readResultsOf(session);
  const busy = answers.filter(isBusy).map(({ uri }) => uri);
  const found = [...(session.found ?? []), ...answers.filter((answer) => !isBusy(answer))];
  const kept: MdmSession = { ...session, found, results: [] };
  if (busy.length > 0 && session.retries < maxRetries) return ask({ ...kept, retries: session.retries + 1 }, counted(report), [...busy, ...session.waiting]);
  if (busy.length > 0) return giveUp(kept, report, busy);
  if (session.waiting.length > 0) return ask(kept, report, session.waiting);
  const osBuild = found.find(({ uri }) => uri === buildUri)?.value?.trim() ?? report.osBuild;
  const rootsThat = (isSo: (status: number) => boolean): readonly CspDialect[] => dialects.filter((dialect) => found.some(({ uri, status }) => uri === rootUris[dialect] && isSo(status)));
  const present = rootsThat((status) => status === 200);
  const absent = rootsThat((status) => meaningOfStatus(status) === 'absent');
  const absentRoots = osBuild === report.osBuild ? report.absentRoots : [];
  const ruledOut: readonly CspDialect[] = lacksMachine(absentRoots, present, facts) ? [...session.ruledOut, 'recovery'] : session.ruledOut;
  const dialect = chooseDialect({ osBuild, edition: facts.edition, present, absent, ruledOut });
  if (dialect === undefined) return giveUp(kept, report, [buildUri, ...Object.values(rootUris)]);
  const known: MdmReport = { ...report, ...(osBuild !== undefined && { osBuild }), absentRoots };
  return beginReading(dialect, { ...session, present, ruledOut, results: [] }, known, facts);
}

/** A device that will not even say who it is gets no Exec either: it would refuse it, and an Exec is sent once. Nor is anything concluded about it. */
function giveUp(session: MdmSession, report: MdmReport, uris: readonly string[]): MdmStepOutcome {
  return { session: { ...session, step: 'done', results: [] }, report: putOff(report, uris), requests: [] };
}

function takeReadings(session: MdmSession, report: MdmReport, facts: MdmTurnFacts): MdmStepOutcome {
  const { dialect } = session;
  if (dialect === undefined || dialect === 'none') return sendExecs(session, report, facts);
  const answers = readResultsOf(session);
  const busy = answers.filter(isBusy).map(({ uri }) => uri);
  const collected = [...(session.found ?? []), ...answers.filter((answer) => !isBusy(answer))];
  const actual = parseReadback(collected, dialect);
  // Without what is secret: this is stored.
  const kept: MdmSession = { ...session, found: actual.nodes, results: [] };
  const mayRepeat = session.retries < maxRetries;
  if (busy.length > 0 && mayRepeat) return ask({ ...kept, retries: session.retries + 1 }, counted(report), [...busy, ...session.waiting]);
  const known = busy.length > 0 ? putOff(report, busy) : report;
  if (session.waiting.length > 0) return ask(kept, known, session.waiting);
  if (actual.stillToRead.length > 0 && session.rounds < maxRounds) return ask({ ...kept, rounds: session.rounds + 1 }, known, actual.stillToRead);
  if (session.step === 'verify') return judgeDevice(kept, actual, known, facts);
  // What a busy device has is not known, so neither is what to change.
  return known.lastSession.putOff === undefined ? applyChanges(kept, actual, known, facts) : sendExecs(kept, known, facts);
}

function isBusy({ status }: ReadResult): boolean {
  return meaningOfStatus(status) === 'busy';
}

/** The device ended its package without a word about these. */
function unanswered(asked: readonly AskedCommand[]): NonNullable<MdmStepOutcome['effects']> {
  return asked.flatMap(({ execKey, status }) => (execKey !== undefined && status === undefined ? [{ kind: 'exec-settled' as const, execKey, state: 'unknown' as const }] : []));
}
