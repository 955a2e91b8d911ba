import { RecoveryError, type CallContext, type HostServices, type SecretValue } from '@winre-kit/sdk';
import { requestJson, type JsonRequest, type TokenCache } from '@winre-kit/sdk/plugin-kit';
import type { z } from 'zod';
import { codeOfGraphRefusal, explainGraphError, graphRefusalOf, type GraphRefusal } from './graph-refusal.ts';
import type { RequestBudgets } from './request-budgets.ts';
import type { Workload } from './workloads.table.ts';

/** One request as it leaves, and on whose account. */
export interface ExchangeRequest extends Pick<JsonRequest, 'method' | 'url' | 'bodyText'> {
  readonly doing: string;
  readonly effect: 'read' | 'write';
  readonly headers: Readonly<Record<string, string>>;
  readonly scopes: readonly string[];
  readonly carriesSecrets: boolean;
  readonly workload: Workload;
  /** How many requests Graph counts: the parts of a batch each for itself. */
  readonly counts: number;
}

/** What came back. `refusal` and `headers` are there when Graph, or somebody on the way to it, answered at all. */
export type Exchanged<Value> =
  | { readonly ok: true; readonly value: Value; readonly headers: Headers | undefined }
  | { readonly ok: false; readonly error: unknown; readonly refusal: GraphRefusal | undefined; readonly headers: Headers | undefined };

/** Sends a request once, within the budget; only a token that has run out is renewed. */
export type GraphExchange = <Reply extends z.ZodType>(request: ExchangeRequest, reply: Reply, call: CallContext) => Promise<Exchanged<z.output<Reply>>>;

export interface ExchangeParts {
  readonly services: Pick<HostServices, 'http' | 'clock' | 'ids' | 'signal'>;
  readonly token: TokenCache;
  readonly budgets: RequestBudgets;
}

const longestReplyBytes = 32 * 1_048_576;

export function createGraphExchange({ services, token, budgets }: ExchangeParts): GraphExchange {
  return async (request, reply, call) => {
    const { doing, method, url, bodyText, effect, scopes, workload, counts } = request;
    const clientRequestId = guidOf(services.ids.next('graph-request'));
    let headers: Headers | undefined;
    let refusal: GraphRefusal | undefined;
    let bearer: SecretValue | undefined;
    const joined = { ...call, signal: AbortSignal.any([call.signal, services.signal]) };
    try {
      const value = await token.withToken(async (secret) => {
        bearer = secret;
        headers = undefined;
        refusal = undefined;
        await budgets.take(workload, { isWrite: effect === 'write', requests: counts }, joined);
        return requestJson(services, {
          what: doing, method, url, call, effect, maxReplyBytes: longestReplyBytes,
          ...(bodyText === undefined ? {} : { bodyText }),
          headers: { prefer: 'include-unknown-enum-members', ...request.headers, 'client-request-id': clientRequestId, authorization: `Bearer ${secret.reveal()}` },
          onAnswer: (answer) => {
            headers = answer.headers;
          },
          codeOf(status, body) {
            refusal = graphRefusalOf(body);
            return codeOfGraphRefusal(status, refusal);
          },
        }, reply);
      }, joined);
      budgets.served(workload);
      return { ok: true, value, headers };
    } catch (error) {
      if (isBusy(error)) budgets.refused(workload, error.retryAfterMs);
      const mayQuote = !request.carriesSecrets && !(bearer && refusal?.message.includes(bearer.reveal()));
      return { ok: false, error: explainGraphError(error, { refusal, scopes, clientRequestId, mayQuote }), refusal, headers };
    }
  };
}

/** 429, or a 503 that says how long. */
function isBusy(error: unknown): error is RecoveryError {
  return RecoveryError.isInstance(error) && (error.vendor?.status === 429 || (error.vendor?.status === 503 && error.retryAfterMs !== undefined));
}

/** Graph takes GUIDs only; the host's ids end in one. */
function guidOf(id: string): string {
  return /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.exec(id)?.[0] ?? id;
}
