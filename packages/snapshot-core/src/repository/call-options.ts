/** Every call can be aborted; the signal's reason reaches the caller unchanged. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}
