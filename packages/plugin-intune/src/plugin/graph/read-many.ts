import { parseOrThrow, RecoveryError, type CallContext, type Clock } from '@winre-kit/sdk';
import { withRetry } from '@winre-kit/sdk/plugin-kit';
import type { z } from 'zod';
import { batchBody, batchReplySchema, judgeBatch, planBatch, type BatchPart } from './graph-batch.ts';
import type { GraphCloud } from './graph-clouds.table.ts';
import type { GraphExchange } from './graph-exchange.ts';
import type { GraphPartAnswer, GraphReadMany } from './graph-request.ts';
import { graphUrl, relativeUrl } from './graph-url.ts';
import type { RequestBudgets } from './request-budgets.ts';
import { workloadOf } from './workloads.table.ts';

interface ReadManyParts {
  readonly cloud: GraphCloud;
  readonly exchange: GraphExchange;
  readonly clock: Clock;
  readonly budgets: RequestBudgets;
  /** Lent randomness in [0, 1). */
  readonly random: () => number;
}

/**
 * Sends questions 20 at a time; each part that Graph has no room for is asked again when its own `Retry-After` says. Only for questions:
 * of a batch that breaks nobody knows which parts were done.
 *
 * @throws {RecoveryError} when a batch as a whole fails; the signal's reason when aborted
 */
export async function readMany<Reply extends z.ZodType>(
  { cloud, exchange, clock, budgets, random }: ReadManyParts, { version, questions, reply, doing, scopes }: GraphReadMany<Reply>, call: CallContext,
): Promise<GraphPartAnswer<z.output<Reply>>[]> {
  const answers: GraphPartAnswer<z.output<Reply>>[] = [];
  let waiting: readonly BatchPart[] = questions.map((question, index) => ({ index, relativeUrl: relativeUrl(question), attempts: 0, readyMs: -Infinity }));
  const url = graphUrl(cloud, { version, path: '/$batch' });

  while (waiting.length > 0) {
    const { send, waitMs } = planBatch(waiting, clock.monotonicMs());
    if (send.length === 0) {
      if (clock.now() + waitMs >= (call.deadlineMs ?? Infinity)) {
        throw new RecoveryError('resource-exhausted', `${doing}: Graph has no room for ${waiting.length} of ${questions.length} questions before the deadline`, {
          retryAfterMs: waitMs, correlationId: call.correlationId, facts: { outcome: 'refused' },
        });
      }
      await clock.sleep(waitMs, { signal: call.signal });
      continue;
    }
    const workload = workloadOf(send[0]?.relativeUrl ?? '');
    const replied = await withRetry({ effect: 'read', clock, random, call }, async () => {
      const request = { doing, method: 'POST', url, bodyText: batchBody(send), effect: 'read', headers: {}, scopes, carriesSecrets: false, workload, counts: send.length } as const;
      const exchanged = await exchange(request, batchReplySchema, call);
      if (!exchanged.ok) throw exchanged.error;
      return exchanged.value;
    });
    const verdicts = judgeBatch(send, replied, { doing, scopes, wallMs: clock.now(), monotonicMs: clock.monotonicMs() });
    waiting = waiting.flatMap((part) => {
      const verdict = verdicts.get(part);
      if (!verdict) return [part];
      if (verdict.throttled) budgets.refused(workload, verdict.throttled.retryAfterMs);
      if (verdict.kind === 'again') return [verdict.next];
      answers[part.index] = verdict.kind === 'failed' ? { ok: false, error: verdict.error } : parsePart(reply, verdict.body, doing);
      return [];
    });
  }
  return answers;
}

function parsePart<Reply extends z.ZodType>(reply: Reply, body: unknown, doing: string): GraphPartAnswer<z.output<Reply>> {
  try {
    return { ok: true, value: parseOrThrow(reply, body, `reply to ${doing}`, 'internal') };
  } catch (error) {
    return { ok: false, error: error as Error };
  }
}
