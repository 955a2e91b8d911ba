import { RecoveryError, type Clock, type HttpClient } from '@winre-kit/sdk';
import type { FaultRule, TransportFault, TransportRecord } from './transport-fault.ts';

/** A `fetch` with faults, and what happened to each request. */
export interface FaultTransport {
  readonly fetch: HttpClient['fetch'];
  /** What happened to each request, in the order in which they ended. */
  readonly log: readonly TransportRecord[];
  /** Adds a rule behind the others. */
  readonly plan: (rule: FaultRule) => void;
  /** Rules that have not been used up, so that a test notices a fault that never struck. */
  readonly unusedRules: readonly FaultRule[];
}

/**
 * A fetch that breaks some requests on purpose. The first rule that matches and is not used up counts; every other request goes through untouched.
 *
 * @param clock needed for `delay` only
 */
export function createFaultTransport(send: HttpClient['fetch'], rules: readonly FaultRule[] = [], clock?: Clock): FaultTransport {
  const states = rules.map((rule) => ({ rule, seen: 0 }));
  const log: TransportRecord[] = [];
  const held: (() => void)[] = [];

  const choose = (method: string, url: URL, headers: Headers): TransportFault | undefined => {
    for (const state of states) {
      if (!state.rule.matches({ method, url, headers })) continue;
      state.seen += 1;
      const turn = state.seen - (state.rule.skip ?? 0);
      if (turn >= 1 && turn <= (state.rule.count ?? 1)) return state.rule.fault;
    }
    return undefined;
  };

  return {
    log,
    plan: (rule) => void states.push({ rule, seen: 0 }),
    get unusedRules() {
      return states.filter(({ rule, seen }) => seen < (rule.skip ?? 0) + (rule.count ?? 1)).map(({ rule }) => rule);
    },
    async fetch(url, init) {
      const method = init?.method ?? 'GET';
      const target = new URL(url);
      const fault = choose(method, target, new Headers(init?.headers));
      let sent = 0;
      const forward = (): Promise<Response> => {
        sent += 1;
        return send(url, init);
      };
      let status: number | undefined;
      try {
        if (fault?.kind === 'reorder') await new Promise<void>((resolve) => void held.push(resolve));
        const response = fault === undefined ? await forward() : await applyFault(fault, forward, clock, init?.signal ?? undefined);
        ({ status } = response);
        return response;
      } finally {
        log.push({ method, url: target.href, fault: fault?.kind, sent, status });
        if (fault?.kind !== 'reorder') for (const release of held.splice(0)) release();
      }
    },
  };
}

async function applyFault(fault: TransportFault, forward: () => Promise<Response>, clock: Clock | undefined, signal: AbortSignal | undefined): Promise<Response> {
  switch (fault.kind) {
    case 'cut-before-send':
      throw brokenConnection(fault.errorCode ?? 'ECONNRESET');
    case 'cut-after-send':
      await (await forward()).arrayBuffer();
      throw brokenConnection('ECONNRESET');
    case 'truncate':
      return truncate(await forward(), fault.keepBytes, fault.silently ?? false);
    case 'delay': {
      if (!clock) throw new RecoveryError('invalid-argument', 'fault transport: a delay needs a clock', { fieldPath: 'clock' });
      const wait = (): Promise<void> => clock.sleep(fault.delayMs, signal ? { signal } : {});
      if (fault.on !== 'reply') await wait();
      const response = await forward();
      if (fault.on === 'reply') await wait();
      return response;
    }
    case 'duplicate':
      await (await forward()).arrayBuffer();
      return forward();
    case 'reorder':
      return forward();
    case 'throttle': {
      const after = fault.retryAfterSeconds === undefined ? fault.retryAfterDate?.toUTCString() : String(fault.retryAfterSeconds);
      return Response.json({ error: { code: 'tooManyRequests' } }, { status: 429, headers: after === undefined ? {} : { 'retry-after': after } });
    }
    case 'status':
      return new Response(fault.body ?? null, { status: fault.status, headers: { 'content-type': 'application/json' } });
    case 'login-page':
      return new Response('<!doctype html><title>Sign in</title><form method="post"></form>', { headers: { 'content-type': 'text/html; charset=utf-8' } });
    case 'empty-reply':
      await (await forward()).arrayBuffer();
      return new Response('', { status: 200, headers: { 'content-type': 'application/json' } });
    case 'wrong-content-type': {
      const response = await forward();
      return rebuild(response, await response.arrayBuffer(), fault.contentType ?? 'text/plain');
    }
  }
}

/** Keeps the headers, the announced length included, so that the reader can notice. */
async function truncate(response: Response, keepBytes: number, silently: boolean): Promise<Response> {
  const whole = new Uint8Array(await response.arrayBuffer());
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (keepBytes > 0) controller.enqueue(whole.slice(0, keepBytes));
      if (silently) controller.close();
    },
    // The error waits until what arrived has been read; an error at once would drop it.
    pull: (controller) => controller.error(new TypeError('terminated', { cause: socketError('UND_ERR_SOCKET') })),
  }, { highWaterMark: 0 });
  const cut = rebuild(response, body, response.headers.get('content-type') ?? 'application/json');
  cut.headers.set('content-length', String(whole.length));
  return cut;
}

function rebuild(response: Response, body: ArrayBuffer | ReadableStream<Uint8Array>, contentType: string): Response {
  const headers = new Headers(response.headers);
  headers.set('content-type', contentType);
  return new Response(body, { status: response.status, statusText: response.statusText, headers });
}

/** What `fetch` throws when a socket breaks. */
function brokenConnection(code: string): TypeError {
  return new TypeError('fetch failed', { cause: socketError(code) });
}

function socketError(code: string): Error {
  return Object.assign(new Error(code === 'UND_ERR_SOCKET' ? 'other side closed' : `read ${code}`), { code });
}
