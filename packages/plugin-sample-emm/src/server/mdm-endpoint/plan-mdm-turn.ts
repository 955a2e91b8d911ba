import { reassembleObjects, type SyncMlMessage } from '@winre-kit/sdk/windows';
import type { MdmExec } from '../store/mdm-exec-store.ts';
import { advanceSession } from './advance-session.ts';
import { unenrolUri, type MdmRequest } from './mdm-request.ts';
import type { AskedCommand, MdmEffect, MdmReport, MdmSession } from './mdm-session.ts';
import { withOutcome, type MdmStepOutcome, type MdmTurn, type MdmTurnFacts } from './mdm-turn.ts';
import { takeAnswers } from './take-answers.ts';
import { execStateOf } from './status-meaning.ts';
import { writeMdmReply } from './write-mdm-reply.ts';

/** The longest message a client takes when it does not say. */
const assumedClientBytes = 65_536;
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
  const heard: MdmSession = { ...answered, ...(pending && { partial: pending }), clientMessageId: message.header.messageId, messageId: before.messageId + 1 };
  const seen = heardOf(facts.report, heard, facts.now);
  const answers = answersSince(before, answered);
  const outcome = answers.some(({ kind }) => kind === 'unenrolled') ? leave(heard, seen) : decide(heard, seen, message, facts);
  const { message: reply, asked } = writeMdmReply(message, outcome.session, outcome.requests, chunks, facts.maxMessageBytes);
  const hasMoved = outcome.session.step !== heard.step || outcome.requests.length > 0;
  return {
    reply,
    // What was asked before stays until its package has come in completely.
    session: { ...outcome.session, ...(hasMoved && { asked, askedIn: outcome.session.messageId }) },
    report: outcome.report,
    effects: [...lost, ...answers, ...(outcome.effects ?? []), ...outcome.requests.flatMap(sentEffects)],
  };
}

function decide(session: MdmSession, report: MdmReport, message: SyncMlMessage, facts: MdmTurnFacts): MdmStepOutcome {
  const alerts = message.commands.filter((command) => command.name === 'Alert');
  if (alerts.some(({ items }) => items.some(({ meta }) => meta?.type === unenrolmentByUser))) {
    return { ...leave(session, report), effects: [{ kind: 'unenrolled' }] };
  }
  // 1223: the client ends the session.
  if (alerts.some(({ code }) => code === 1_223)) return { session: { ...session, step: 'done' }, report, requests: [] };
  // More of this package is to come; nothing is asked until it is complete.
  if (!message.isFinal || session.partial) return { session, report, requests: [] };
  const maxClientBytes = message.header.meta?.maxMessageBytes ?? assumedClientBytes;
  return advanceSession(session, report, { ...facts, maxMessageBytes: maxClientBytes });
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
    asked: [], results: [], present: [], ruledOut: [], waiting: [], isComplete: true, retries: 0, rounds: 0,
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
    if (status === undefined || known.get(commandId) === status || name === 'Get') return [];
    const answered: MdmEffect = { kind: 'answered', name, uri, status };
    if (execKey === undefined) return [answered];
    const state = execStateOf(status);
    return [answered, { kind: 'exec-settled', execKey, state, status }, ...(state === 'done' && uri === unenrolUri ? [{ kind: 'unenrolled' as const }] : [])];
  });
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
