import { parseOrThrow, RecoveryError, type Clock, type ErrorCode } from '@winre-kit/sdk';
import { protocolLimits, queryReplySchemas, type Query, type QueryCommand, type QueryReply, type QueryReplyRequest } from '../protocol/index.ts';

interface PendingQuery {
  readonly deviceId: string;
  readonly command: QueryCommand;
  fetched: boolean;
  readonly settle: PromiseWithResolvers<QueryReply>;
}

/** Questions that wait for their answers. They live in memory: a restart ends them, and asking again does no harm. */
export interface QueryDesk {
  ask(deviceId: string, query: Query, call: { readonly signal: AbortSignal; readonly timeoutMs: number }): Promise<QueryReply>;
  /** What to send to a device: every unanswered question that it is not working on. */
  commandsFor(deviceId: string, openQueryIds: readonly string[]): readonly QueryCommand[];
  /** Late and repeated answers do nothing. @throws {RecoveryError} `invalid-argument` naming the field; the question stays open */
  answer(deviceId: string, answer: QueryReplyRequest): void;
}

/** Codes about the caller and his rights. From a device they would make a host throw its own credentials away. */
const notForDevices: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['unauthenticated', 'permission-denied', 'approval-required', 'approval-rejected', 'approval-expired', 'invalid-config', 'spec-version-mismatch', 'resource-exhausted', 'cancelled']);

export function createQueryDesk(clock: Clock, newId: () => string, wake: (deviceId: string) => void): QueryDesk {
  const pending = new Map<string, PendingQuery>();
  return {
    async ask(deviceId, query, { signal, timeoutMs }) {
      signal.throwIfAborted();
      const open = [...pending.values()].filter((entry) => entry.deviceId === deviceId).length;
      if (open >= protocolLimits.maxOpenQueries) throw new RecoveryError('resource-exhausted', `device ${deviceId} has ${open} questions to answer already: wait for them`, { retryAfterMs: 5_000, facts: { limit: protocolLimits.maxOpenQueries } });
      const commandId = newId();
      const entry: PendingQuery = { deviceId, command: { kind: 'query', commandId, query }, fetched: false, settle: Promise.withResolvers() };
      pending.set(commandId, entry);
      wake(deviceId);
      const done = new AbortController();
      const tooLate = clock.sleep(timeoutMs, { signal: AbortSignal.any([signal, done.signal]) }).then(() => {
        throw entry.fetched
          ? new RecoveryError('deadline-exceeded', `device ${deviceId} has not answered ${query.kind} within ${timeoutMs} ms; a query changes nothing, ask again`, { retry: 'with-backoff' })
          : new RecoveryError('device-unreachable', `device ${deviceId} has not fetched ${query.kind} within ${timeoutMs} ms`);
      });
      try {
        return await Promise.race([entry.settle.promise, tooLate]);
      } finally {
        pending.delete(commandId);
        done.abort();
        tooLate.catch(() => undefined);
      }
    },
    commandsFor(deviceId, openQueryIds) {
      const due = [...pending.values()].filter((entry) => entry.deviceId === deviceId && !openQueryIds.includes(entry.command.commandId));
      for (const entry of due) entry.fetched = true;
      return due.map((entry) => entry.command);
    },
    answer(deviceId, answer) {
      const entry = pending.get(answer.commandId);
      if (!entry || entry.deviceId !== deviceId) return;
      if ('error' in answer) entry.settle.reject(new RecoveryError(notForDevices.has(answer.error.code) ? 'internal' : answer.error.code, answer.error.message));
      else entry.settle.resolve(parseOrThrow(queryReplySchemas[entry.command.query.kind], answer.reply, 'reply'));
    },
  };
}
