import type { CallContext, HostServices } from '@winre-kit/sdk';
import { walkPages, withRetry, type TokenCache } from '@winre-kit/sdk/plugin-kit';
import { z } from 'zod';
import { approvalHeaders, parkedWriteOf, requireResendable, type SentWrite } from './approval/parked-write.ts';
import { createGraphExchange, type Exchanged } from './graph-exchange.ts';
import type { GraphCloud } from './graph-clouds.table.ts';
import type { GraphAddress, GraphList, GraphPartAnswer, GraphRead, GraphReadMany, GraphResend, GraphWrite, GraphWriteAnswer } from './graph-request.ts';
import { graphUrl, requireNextLink } from './graph-url.ts';
import { readMany } from './read-many.ts';
import { createRequestBudgets } from './request-budgets.ts';
import { workloadOf } from './workloads.table.ts';

/**
 * Microsoft Graph: every request goes out through here, within its workload's budget. All methods throw `RecoveryError`s that carry
 * `vendor.requestId` when Graph answered and `facts.clientRequestId` when something was sent; a refusal for lack of permission names the permission.
 */
export interface GraphClient extends Disposable {
  readonly cloud: GraphCloud;
  /** Asks, and asks again when Graph is busy, until the caller's deadline or five attempts. */
  read<Reply extends z.ZodType>(request: GraphRead<Reply>, call: CallContext): Promise<z.output<Reply>>;
  /** The items of all pages, each once; the next page is asked for when its items are. */
  list<Item extends z.ZodType<{ readonly id: string }>>(request: GraphList<Item>, call: CallContext): AsyncGenerator<z.output<Item>, void, undefined>;
  /** The answers in the order of the questions. One that fails leaves the others alone. */
  readMany<Reply extends z.ZodType>(request: GraphReadMany<Reply>, call: CallContext): Promise<GraphPartAnswer<z.output<Reply>>[]>;
  /**
   * Sends a change once.
   * @throws {RecoveryError} with `retry: 'reconcile-first'` when Graph may have acted and nobody knows
   */
  send<Reply extends z.ZodType>(request: GraphWrite<Reply>, call: CallContext): Promise<GraphWriteAnswer<z.output<Reply>>>;
  /**
   * Sends a parked change once more, byte for byte, with the code it was parked under. Ask `readApproval` first; still parked when nobody has approved.
   * @throws {RecoveryError} `plan-stale` when the bytes are not the ones that were parked; otherwise like `send`
   */
  resend<Reply extends z.ZodType>(request: GraphResend<Reply>, call: CallContext): Promise<GraphWriteAnswer<z.output<Reply>>>;
}

/** What a client is made of. */
export interface GraphClientParts {
  readonly cloud: GraphCloud;
  /** Owned by the client from now on. */
  readonly token: TokenCache;
  readonly services: Pick<HostServices, 'http' | 'clock' | 'ids' | 'signal'>;
}

export function createGraphClient({ cloud, token, services }: GraphClientParts): GraphClient {
  const budgets = createRequestBudgets(services.clock);
  const exchange = createGraphExchange({ services, token, budgets });
  const { clock, ids } = services;
  const random = (): number => fractionOf(ids.next('retry'));

  const ask = <Reply extends z.ZodType>({ doing, path, scopes }: GraphAddress, url: string, reply: Reply, call: CallContext): Promise<z.output<Reply>> =>
    withRetry({ effect: 'read', clock, random, call }, async () => {
      const request = { doing, method: 'GET', url, effect: 'read', headers: {}, scopes, carriesSecrets: false, workload: workloadOf(path), counts: 1 } as const;
      return valueOf(await exchange(request, reply, call));
    });

  const write = async <Reply extends z.ZodType>(sent: SentWrite, request: Pick<GraphWrite<Reply>, 'doing' | 'scopes' | 'reply'>, call: CallContext): Promise<GraphWriteAnswer<z.output<Reply>>> => {
    const { method, url, bodyText, carriesSecrets } = sent;
    const { doing, scopes, reply } = request;
    const workload = workloadOf(new URL(url).pathname.replace(/^\/[^/]+/, ''));
    const answer = await exchange(
      { doing, method, url, effect: 'write', headers: approvalHeaders(sent), scopes, carriesSecrets, workload, counts: 1, ...(bodyText === undefined ? {} : { bodyText }) }, reply, call,
    );
    const parked = await parkedWriteOf(sent, answer, clock.now());
    return parked ? { state: 'parked', parked } : { state: 'taken', reply: valueOf(answer) };
  };

  return {
    cloud,
    read: (request, call) => ask(request, graphUrl(cloud, request), request.reply, call),
    list(request, call) {
      const page = z.object({ value: z.array(request.item), '@odata.nextLink': z.string().nullish() });
      return walkPages<z.output<typeof request.item>>({
        async fetchPage(cursor) {
          const { value, '@odata.nextLink': next } = await ask(request, cursor ?? graphUrl(cloud, request), page, call);
          return { items: value, nextCursor: next && requireNextLink(cloud, request, next) };
        },
        idOf: ({ id }) => id,
        signal: call.signal,
      });
    },
    readMany: (request, call) => readMany({ cloud, exchange, clock, budgets, random }, request, call),
    send({ version, path, query, method, bodyText, justification, carriesSecrets = false, ...request }, call) {
      const url = graphUrl(cloud, { version, path, ...(query ? { query } : {}) });
      return write({ method, url, ...(bodyText === undefined ? {} : { bodyText }), justification, approvalCode: undefined, carriesSecrets }, request, call);
    },
    async resend({ parked, bodyText, ...request }, call) {
      return write(await requireResendable(cloud, parked, bodyText), request, call);
    },
    [Symbol.dispose]: () => token[Symbol.dispose](),
  };
}

function valueOf<Value>(answer: Exchanged<Value>): Value {
  if (!answer.ok) throw answer.error;
  return answer.value;
}

/** Lent randomness in [0, 1) out of an id that is unique: enough to spread attempts. */
function fractionOf(id: string): number {
  let hash = 2_166_136_261;
  for (const letter of id) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619);
  return (hash >>> 0) / 2 ** 32;
}
