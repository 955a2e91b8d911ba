/** What shall go wrong with one request. Whether the server gets it is said for each. */
export type TransportFault =
  /** The server never gets it. By default the caller cannot know that (`ECONNRESET`); `ECONNREFUSED` proves it. */
  | { readonly kind: 'cut-before-send'; readonly errorCode?: 'ECONNRESET' | 'ECONNREFUSED' }
  /** The server does its work; the reply is lost. */
  | { readonly kind: 'cut-after-send' }
  /** The server does its work; `keepBytes` of the body arrive, then the connection breaks, or the body just ends (`silently`). */
  | { readonly kind: 'truncate'; readonly keepBytes: number; readonly silently?: boolean }
  /** The request waits by the lent clock before it is sent, or its reply does (`on: 'reply'`). */
  | { readonly kind: 'delay'; readonly delayMs: number; readonly on?: 'request' | 'reply' }
  /** The server gets it twice; the second reply arrives. */
  | { readonly kind: 'duplicate' }
  /** The request is held back until the next one has been answered. */
  | { readonly kind: 'reorder' }
  /** 429 in place of the server: `Retry-After` in seconds, as a date, or none. */
  | { readonly kind: 'throttle'; readonly retryAfterSeconds?: number; readonly retryAfterDate?: Date }
  /** A status in place of the server. */
  | { readonly kind: 'status'; readonly status: number; readonly body?: string }
  /** 200 with an HTML page in place of the server, as captive portals and expired sign-ins answer. */
  | { readonly kind: 'login-page' }
  /** The server does its work; an empty 200 arrives. */
  | { readonly kind: 'empty-reply' }
  /** The server does its work; its reply arrives under another content type (default `text/plain`). */
  | { readonly kind: 'wrong-content-type'; readonly contentType?: string };

/** A request as rules see it. */
export interface FaultTarget {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
}

/** Applies a fault to requests that match: to `count` of them (default 1) after the first `skip` (default 0). */
export interface FaultRule {
  readonly matches: (request: FaultTarget) => boolean;
  readonly fault: TransportFault;
  readonly skip?: number;
  readonly count?: number;
}

/** What happened to one request. */
export interface TransportRecord {
  readonly method: string;
  readonly url: string;
  readonly fault: TransportFault['kind'] | undefined;
  /** How often the server got the request. */
  readonly sent: number;
  /** The status the caller saw; undefined when it saw an error. */
  readonly status: number | undefined;
}
