/** What may come with every call to the host. */
export interface HostCall {
  /** Abandons the wait; nothing is cancelled at the vendor. */
  readonly signal?: AbortSignal;
  /** Milliseconds since 1970 after which the answer is no longer waited for. */
  readonly deadlineMs?: number;
  /** Made by the host when it is left out. */
  readonly correlationId?: string;
}
