import { reassembleObjects, type SyncMlMessage } from '@winre-kit/sdk/windows';
import type { MdmExec } from '../store/mdm-exec-store.ts';
import { advanceSession } from './advance-session.ts';
import { chunkIsBuffered } from './cut-value.ts';
import { hearCompletions } from './hear-completions.ts';
import type { MdmRequest } from './mdm-request.ts';
import type { AskedCommand, MdmEffect, MdmReport, MdmSession } from './mdm-session.ts';
import { withOutcome, type MdmStepOutcome, type MdmTurn, type MdmTurnFacts } from './mdm-turn.ts';
import { settledEffects } from './settled-effects.ts';
import { execStateOf } from './status-meaning.ts';
import { takeAnswers } from './take-answers.ts';
import { writeMdmReply } from './write-mdm-reply.ts';

/** The longest message a client takes when it does not say. */
const assumedClientBytes = 65_536;
/** No client takes less; there would be room for hardly more than statuses. */
const smallestClientBytes = 1_536;
/** The longest value that is put together from chunks. */
const maxValueBytes = 262_144;
/** Clients may use a SessionID again. */
export const firstMessageId = '1';

/**
 * Decides what a message of a device is answered with. Pure: the same session, message and facts give the same turn.
 *
 * A session goes through these steps: who are you (`facts`), what do you have (`read`), one Atomic for each group with one verb for each node (`apply`), what do you
 * have now (`verify`), Execs that wait (`execute`). A message with another SessionID begins a new session. The same message again, because its answer was
 * lost, is to be planned with the session as it was before: it then gives the same answer, without Execs, which are never sent twice.
 *
 * @param session the running session of the device, if it has one
 */
export function planMdmTurn(session: MdmSession | undefined, message: SyncMlMessage, facts: MdmTurnFacts): MdmTurn {
  const isRunning = session !== undefined && session.sessionId === message.header.sessionId && message.header.messageId !== firstMessageId;
  const before = isRunning ? session : newSession(message, facts.now);
  const lost: MdmEffect[] = isRunning ? [] : unsettledExecs(facts.execs);
  const { pending, commands, ...chunks } = reassembleObjects(before.partial, message.commands, maxValueBytes);
  const { partial: _, ...answered } = takeAnswers(before, { ...message, commands });
  const told: MdmSession = { ...answered, ...(pending && { partial: pending }), clientMessageId: message.header.messageId, messageId: before.messageId + 1 };
  const answers = answersSince(before, answered);
  const { session: heard, report, effects: ends } = hearCompletions(commands, { session: told, report: heardOf(facts.report, told, facts.now), execs: withAnswers(facts.execs, answers) });
  const said = [...answers, ...ends];
  const clientFacts: MdmTurnFacts = { ...facts, maxMessageBytes: Math.max(smallestClientBytes, message.header.meta?.maxMessageBytes ?? assumedClientBytes) };
  const outcome = said.some(({ kind }) => kind === 'unenrolled') ? leave(heard, report) : decide(heard, report, message, clientFacts);
  const hasMoved = outcome.session.step !== heard.step || outcome.requests.length > 0;
  const { message: reply, asked, begun, waiting, cut } = writeMdmReply(message, {
    session: outcome.session, requests: outcome.requests, chunks, asksForRest: !hasMoved && outcome.session.step !== 'done' && !isComplete(heard, message),
    maxMessageBytes: facts.maxMessageBytes, maxClientBytes: clientFacts.maxMessageBytes,
  });
  const { cut: _cut, ...next } = outcome.session;
  return {
    reply,
    // What was asked before stays until its package has come in completely.
    session: hasMoved ? { ...next, asked, askedIn: next.messageId, waiting, ...(cut && { cut }) } : outcome.session,
    report: outcome.report,
    effects: [...lost, ...said, ...(outcome.effects ?? []), ...begun.flatMap(sentEffects)],
  };
}

function decide(session: MdmSession, report: MdmReport, message: SyncMlMessage, facts: MdmTurnFacts): MdmStepOutcome {
  const alerts = message.commands.filter((command) => command.name === 'Alert');
  if (alerts.some(({ items }) => items.some(({ meta }) => meta?.type === unenrolmentByUser))) {
    return { ...leave(session, report), effects: [{ kind: 'unenrolled' }] };
  }
  // 1223: the client ends the session. What was found out before stays.
  if (alerts.some(({ code }) => code === 1_223)) return { session: { ...session, step: 'done' }, report: report.lastSession.outcome === 'running' ? withOutcome(report, 'aborted') : report, requests: [] };
  return isComplete(session, message) ? advanceSession(session, report, facts) : { session, report, requests: [] };
}

/**
 * Whether everything has come that was waited for. More of the client's package may follow; but while the server's own package goes on, a client that has nothing to add asks
 * for the next message of it with 1222, and ends no package of its own.
 */
function isComplete({ partial, waiting }: MdmSession, { isFinal, commands }: SyncMlMessage): boolean {
  const asksForNext = commands.some((command) => command.name === 'Alert' && command.code === 1_222);
  return partial === undefined && (isFinal || (waiting.length > 0 && asksForNext));
}

/** The device is managed no more, by its user's wish or by an Exec that it has run. */
function leave(session: MdmSession, report: MdmReport): MdmStepOutcome {
  return { session: { ...session, step: 'done' }, report: withOutcome(report, 'unenrolled'), requests: [] };
}

/** @see https://learn.microsoft.com/windows/client-management/disconnecting-from-mdm-unenrollment */
const unenrolmentByUser = 'com.microsoft:mdm.unenrollment.userrequest';

function newSession(message: SyncMlMessage, now: string): MdmSession {
  return {
    sessionId: message.header.sessionId, clientMessageId: message.header.messageId, messageId: 0, askedIn: 0, startedAt: now, step: 'facts',
    asked: [], results: [], present: [], ruledOut: [], waiting: [], isComplete: true, accepted: [], retries: 0, rounds: 0,
  };
}

/** The device has begun another session without a word about these: whether they ran cannot be told. */
function unsettledExecs(execs: readonly MdmExec[]): MdmEffect[] {
  return execs.filter(({ state }) => state === 'sent').map(({ execKey }) => ({ kind: 'exec-settled', execKey, state: 'unknown' }));
}

function heardOf(report: MdmReport | undefined, session: MdmSession, now: string): MdmReport {
  const { sessionId, startedAt } = session;
  const isSame = report?.lastSession.sessionId === sessionId && report.lastSession.startedAt === startedAt;
  const lastSession = isSame ? { ...report.lastSession, seenAt: now } : { sessionId, startedAt, seenAt: now, outcome: 'running' as const, refusals: [], retries: 0 };
  return { drift: [], notExpressed: [], absentRoots: [], ...report, lastSession };
}

function answersSince(before: MdmSession, after: MdmSession): MdmEffect[] {
  const known = new Map(flatten(before.asked).map((command) => [command.commandId, command.status]));
  return flatten(after.asked).flatMap(({ commandId, name, uri, status, execKey }): MdmEffect[] => {
    if (status === undefined || known.get(commandId) === status || name === 'Get' || status === chunkIsBuffered) return [];
    const answered: MdmEffect = { kind: 'answered', name, uri, status };
    return execKey === undefined ? [answered] : [answered, ...settledEffects({ execKey, uri }, execStateOf(status), status)];
  });
}

/** Execs that were accepted just now may have ended in the same message. */
function withAnswers(execs: readonly MdmExec[], answers: readonly MdmEffect[]): readonly MdmExec[] {
  const isAccepted = (execKey: string): boolean => answers.some((effect) => effect.kind === 'exec-settled' && effect.execKey === execKey && effect.state === 'accepted');
  return execs.map((exec) => (isAccepted(exec.execKey) ? { ...exec, state: 'accepted' } : exec));
}

function flatten(asked: readonly AskedCommand[]): readonly AskedCommand[] {
  return asked.flatMap((command) => [command, ...(command.members ?? [])]);
}

function sentEffects(request: MdmRequest): MdmEffect[] {
  const { name, uri } = request;
  if (name === 'Get') return [];
  if (name === 'Exec') return [{ kind: 'sent', name, uri }, { kind: 'exec-sent', execKey: request.execKey }];
  if (name === 'Atomic') return request.members.map((member) => ({ kind: 'sent', name: member.name, uri: member.uri }));
  return [{ kind: 'sent', name, uri }];
}
