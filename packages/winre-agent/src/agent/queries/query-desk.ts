import { RecoveryError } from '@winre-kit/sdk';
import { protocolLimits, type QueryCommand, type QueryReplyRequest } from '../../protocol/index.ts';
import type { AgentServices } from '../agent-services.ts';
import type { Channel } from '../channel/open-channel.ts';
import { answerQuery } from './answer-query.ts';

/** Works on questions beside everything else. An answer that cannot be sent is dropped: the gateway asks again. */
export interface QueryDesk {
  readonly openQueryIds: readonly string[];
  take(command: QueryCommand, channel: Channel, signal: AbortSignal): void;
}

/** @param services lent late: the desk exists before they are complete */
export function createQueryDesk(services: () => AgentServices): QueryDesk {
  const open = new Set<string>();

  const answer = async ({ commandId, query }: QueryCommand, channel: Channel, signal: AbortSignal): Promise<void> => {
    const reply: QueryReplyRequest = await answerQuery(services(), query, signal).then(
      (value) => ({ commandId, reply: JSON.parse(JSON.stringify(value)) as never }),
      (error: unknown) => {
        signal.throwIfAborted();
        if (!RecoveryError.isInstance(error)) services().log('error', 'a question failed for a reason of its own', { query: query.kind, reason: String(error) });
        const { code, message } = RecoveryError.isInstance(error) ? error : { code: 'internal' as const, message: 'the agent failed on it; its log says more' };
        return { commandId, error: { code, message: message.slice(0, 2_000) } };
      },
    );
    await channel.post('reply', reply, { signal });
  };

  return {
    get openQueryIds() {
      return [...open];
    },
    take(command, channel, signal) {
      // What is left out comes again with the next poll. Past the limit a poll could not name them all, and the gateway would refuse it.
      if (open.has(command.commandId) || open.size >= protocolLimits.maxOpenQueries) return;
      open.add(command.commandId);
      answer(command, channel, signal)
        .catch((error: unknown) => services().log('warn', 'an answer was not sent', { query: command.query.kind, reason: (error as Error).message }))
        .finally(() => open.delete(command.commandId));
    },
  };
}
