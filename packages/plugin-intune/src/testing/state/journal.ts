/** A request as it came, with what became of it. Parts of a batch are entries of their own. */
export interface RecordedRequest {
  readonly atMs: number;
  readonly method: string;
  /** From the version on, with the query. */
  readonly url: string;
  /** Absent when the path is not one of Graph's. */
  readonly operation?: string;
  /** Lower case; the authorization is left out. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyText: string;
  /** 0 when the connection was cut. */
  readonly status: number;
  readonly isBatchPart: boolean;
}

/** A request that Graph would never take, whatever is in the tenant: the client is wrong. */
export interface Violation {
  readonly atMs: number;
  readonly rule: 'unknown-path' | 'wrong-version' | 'wrong-method' | 'query' | 'body' | 'header' | 'batch' | 'changed-resend';
  readonly method: string;
  readonly url: string;
  readonly reason: string;
}
