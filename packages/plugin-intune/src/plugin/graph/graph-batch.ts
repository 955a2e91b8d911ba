import { RecoveryError } from '@winre-kit/sdk';
import { failureOfStatus, readRetryAfter } from '@winre-kit/sdk/plugin-kit';
import { z } from 'zod';
import { codeOfGraphRefusal, explainGraphError, graphRefusalOf } from './graph-refusal.ts';
import { workloadOf } from './workloads.table.ts';

/** How many requests Graph takes in one batch. */
const maxBatchParts = 20;

const maxAttempts = 5;

/** One question on its way through batches. */
export interface BatchPart {
  /** Its place among the questions. */
  readonly index: number;
  readonly relativeUrl: string;
  /** How often it was sent. */
  readonly attempts: number;
  /** Not to be sent before, on a clock that never jumps. */
  readonly readyMs: number;
}

/** Which parts go out now, all on one budget so that they go out at once; none of them while all have to wait. */
export function planBatch(waiting: readonly BatchPart[], nowMs: number): { readonly send: readonly BatchPart[]; readonly waitMs: number } {
  const ready = waiting.filter(({ readyMs }) => readyMs <= nowMs);
  const send = ready.filter(({ relativeUrl }) => workloadOf(relativeUrl) === workloadOf(ready[0]?.relativeUrl ?? '')).slice(0, maxBatchParts);
  return { send, waitMs: send.length > 0 ? 0 : Math.ceil(Math.min(...waiting.map(({ readyMs }) => readyMs)) - nowMs) };
}

/** The body of a batch of questions. */
export function batchBody(parts: readonly BatchPart[]): string {
  return JSON.stringify({ requests: parts.map(({ index, relativeUrl }) => ({ id: String(index), method: 'GET', url: relativeUrl, headers: { Prefer: 'include-unknown-enum-members' } })) });
}

/** What Graph answers to a batch. Its own 200 says nothing about the parts. */
export const batchReplySchema = z.object({
  responses: z.array(z.object({ id: z.string(), status: z.int(), headers: z.record(z.string(), z.unknown()).nullish(), body: z.unknown().optional() })),
});
type BatchReply = z.output<typeof batchReplySchema>;

/** What becomes of a part after a batch. `throttled` is there when Graph had no room for it. */
export type PartVerdict = (
  | { readonly kind: 'done'; readonly body: unknown }
  | { readonly kind: 'again'; readonly next: BatchPart }
  | { readonly kind: 'failed'; readonly error: RecoveryError }
) & { readonly throttled?: { readonly retryAfterMs: number | undefined } };

/** What the judgement needs to know of the call. */
export interface BatchContext {
  readonly doing: string;
  readonly scopes: readonly string[];
  /** For reading dates. */
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** Judges each part by its own answer. One that Graph left out is asked again, because it changes nothing. */
export function judgeBatch(sent: readonly BatchPart[], { responses }: BatchReply, context: BatchContext): ReadonlyMap<BatchPart, PartVerdict> {
  const answers = new Map(responses.map((response) => [response.id, response]));
  return new Map(sent.map((part) => [part, judgePart(part, answers.get(String(part.index)), context)]));
}

function judgePart(part: BatchPart, answer: BatchReply['responses'][number] | undefined, { doing, scopes, wallMs, monotonicMs }: BatchContext): PartVerdict {
  if (answer && answer.status >= 200 && answer.status < 300) return { kind: 'done', body: answer.status === 204 ? null : answer.body };
  const refusal = graphRefusalOf(answer?.body);
  const retryAfterMs = readRetryAfter(headerOf(answer?.headers, 'retry-after'), wallMs);
  const byStatus = failureOfStatus(answer?.status ?? 503, true);
  const code = (answer && codeOfGraphRefusal(answer.status, refusal)) ?? byStatus.code;
  const error = new RecoveryError(code, `${doing}: a part of the batch ${answer ? `was answered ${answer.status}` : 'was not answered'}`, {
    ...(byStatus.retry ? { retry: byStatus.retry } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(answer ? { vendor: { status: answer.status, ...(refusal?.codes[0] === undefined ? {} : { code: refusal.codes[0] }), ...(refusal?.requestId === undefined ? {} : { requestId: refusal.requestId }) } } : {}),
    facts: { outcome: byStatus.outcome },
  });
  const isWorthAgain = error.retry === 'with-backoff' && code !== 'conflict';
  const throttled = answer?.status === 429 ? { throttled: { retryAfterMs } } : {};
  if ((isWorthAgain || code === 'resource-exhausted') && part.attempts + 1 < maxAttempts) {
    const waitMs = retryAfterMs ?? 1_000 * 2 ** part.attempts;
    return { kind: 'again', next: { ...part, attempts: part.attempts + 1, readyMs: monotonicMs + waitMs }, ...throttled };
  }
  return { kind: 'failed', error: explainGraphError(error, { refusal, scopes, clientRequestId: undefined, mayQuote: true }) as RecoveryError, ...throttled };
}

function headerOf(headers: Readonly<Record<string, unknown>> | null | undefined, name: string): string | null {
  const value = Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
