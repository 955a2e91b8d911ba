import { RecoveryError, type CallContext, type HostServices, type SecretValue } from '@winre-kit/sdk';
import { createTokenCache, readEventStream, requestJson, type JsonRequest, type TokenCache } from '@winre-kit/sdk/plugin-kit';
import type { z } from 'zod';
import type { SampleEmmConfig } from './sample-emm-config.ts';
import { codeOfRefusal, explainRefusal, refusalOf, type SampleEmmRefusal } from './sample-emm-error.ts';

/** Where in the admin API, and what for. */
export interface SampleEmmAddress {
  /** Below `/admin/v1`, with its parts already encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Names the call in messages, such as `listing devices`. */
  readonly doing: string;
}

export interface SampleEmmRead<Reply extends z.ZodType> extends SampleEmmAddress {
  readonly reply: Reply;
  /** A question that is too long for an address; it changes nothing all the same. */
  readonly question?: unknown;
}

export interface SampleEmmWrite<Reply extends z.ZodType> extends SampleEmmAddress {
  readonly method: 'POST' | 'PUT';
  readonly body: unknown;
  readonly reply: Reply;
  /** True when secret values stand in the body. Then nothing that the EMM says is quoted, in whatever form it may repeat them. */
  readonly carriesSecrets?: boolean;
}

/** The admin API of the sample EMM: every request goes out through here, once. */
export interface SampleEmmClient extends Disposable {
  read<Reply extends z.ZodType>(request: SampleEmmRead<Reply>, call: CallContext): Promise<z.output<Reply>>;
  /** @throws {RecoveryError} with `retry: 'reconcile-first'` when the EMM may have acted and nobody knows */
  send<Reply extends z.ZodType>(request: SampleEmmWrite<Reply>, call: CallContext): Promise<z.output<Reply>>;
  /** A long reply, one JSON value a line. */
  lines<Line extends z.ZodType>(request: SampleEmmAddress & { readonly line: Line }, call: CallContext): AsyncGenerator<z.output<Line>>;
  /** A reply of any length, as it comes. */
  bytes(request: SampleEmmAddress, call: CallContext): AsyncGenerator<Uint8Array>;
}

/** @see packages/sdk/src/plugin-kit/request-json.ts for what an answer has to be like */
export function createSampleEmmClient(config: SampleEmmConfig, services: HostServices): SampleEmmClient {
  const token = createTokenCache(services, config.token);
  const urlOf = ({ path, query }: SampleEmmAddress): URL => {
    const url = new URL(`${config.baseUrl}/admin/v1${path}`);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    return url;
  };

  const exchange = async <Reply extends z.ZodType>(request: Omit<JsonRequest, 'codeOf' | 'token'>, reply: Reply, mayQuote: boolean): Promise<z.output<Reply>> => {
    let refusal: SampleEmmRefusal | undefined;
    let used: SecretValue | undefined;
    const codeOf: JsonRequest['codeOf'] = (status, body) => {
      refusal = refusalOf(body);
      return codeOfRefusal(status, refusal);
    };
    const watched: TokenCache = {
      ...token,
      withToken: (use, context) => token.withToken((secret) => {
        used = secret;
        return use(secret);
      }, context),
    };
    try {
      return await requestJson(services, { ...request, token: watched, codeOf }, reply);
    } catch (error) {
      throw mayQuote ? explainRefusal(error, refusal, used) : error;
    }
  };

  /** Opens a reply that is read as it comes. Its signal ends with the caller or with the instance. */
  const openBody = (request: SampleEmmAddress, call: CallContext, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> =>
    token.withToken(async (bearer) => {
      const { doing } = request;
      const headers = { authorization: `Bearer ${bearer.reveal()}`, 'x-correlation-id': call.correlationId };
      let response: Response;
      try {
        response = await services.http.fetch(urlOf(request), { headers, signal, redirect: 'manual' });
      } catch (cause) {
        signal.throwIfAborted();
        if (RecoveryError.isInstance(cause)) throw cause;
        throw new RecoveryError('unavailable', `${doing}: no answer from the EMM`, { cause, correlationId: call.correlationId });
      }
      if (response.ok && response.body) return response.body as ReadableStream<Uint8Array>;
      throw await refusedStream(doing, response, call, bearer);
    }, { signal });

  return {
    read: (request, call) =>
      exchange(
        { what: request.doing, url: urlOf(request), call, effect: 'read', ...(request.question === undefined ? { method: 'GET' } : { method: 'POST', body: request.question }) },
        request.reply,
        true,
      ),
    send: ({ method, body, doing, reply, carriesSecrets = false, ...address }, call) => exchange({ what: doing, method, url: urlOf({ ...address, doing }), body, call }, reply, !carriesSecrets),
    async *lines(request, call) {
      const signal = AbortSignal.any([call.signal, services.signal]);
      yield* readEventStream({ body: await openBody(request, call, signal), schema: request.line, signal });
    },
    async *bytes(request, call) {
      const signal = AbortSignal.any([call.signal, services.signal]);
      const body = await openBody(request, call, signal);
      try {
        yield* body;
      } catch (cause) {
        signal.throwIfAborted();
        throw new RecoveryError('unavailable', `${request.doing}: the connection broke before the end`, { cause, correlationId: call.correlationId });
      }
    },
    [Symbol.dispose]: () => token[Symbol.dispose](),
  };
}

/** An answer that is no stream, in the contract's words. */
async function refusedStream(doing: string, response: Response, call: CallContext, token: SecretValue): Promise<unknown> {
  const refusal = refusalOf(await response.json().catch(() => undefined));
  const code = codeOfRefusal(response.status, refusal) ?? (response.status === 401 ? 'unauthenticated' : 'unavailable');
  const error = new RecoveryError(code, `${doing}: the EMM answered ${response.status}`, { vendor: { status: response.status }, correlationId: call.correlationId });
  return explainRefusal(error, refusal, token);
}
