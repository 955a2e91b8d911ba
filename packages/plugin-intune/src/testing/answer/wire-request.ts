import type { GraphVersion } from '../surface/graph-row.ts';

/** A request, or a part of a batch, as it came. */
export interface WireRequest {
  readonly method: string;
  /** Scheme and host that the client used: links to further pages lead there. */
  readonly origin: string;
  readonly version: GraphVersion;
  /** After the version: path and query. */
  readonly target: string;
  readonly headers: Headers;
  readonly bodyText: string;
  readonly isBatchPart: boolean;
}
