/** What comes with every call into a plug-in. */
export interface CallContext {
  /** Abandons the wait. It never cancels anything at the vendor. */
  readonly signal: AbortSignal;
  /** Goes into logs, requests and errors so that one recovery can be followed through all of them. */
  readonly correlationId: string;
  /** Milliseconds since 1970 after which nobody waits for the answer any more. */
  readonly deadlineMs?: number;
}
