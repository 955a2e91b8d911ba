/** What a pool sends to its workers. */
export interface TaskRequest {
  readonly task: string;
  readonly input: unknown;
}

/** What a worker answers; `post` any number of times, then one of the others. */
export type TaskReply =
  | { readonly kind: 'post'; readonly message: unknown }
  | { readonly kind: 'result'; readonly output: unknown }
  | { readonly kind: 'error'; readonly error: PortableError };

/** What a worker finds when it starts: a flag that turns 1 when the pool is aborted. */
export interface WorkerStart {
  readonly abortFlag: Int32Array;
}

/** An error on its way between threads; cloning would strip it of its class and code. */
export interface PortableError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  /** Where it has a code: callers branch on it too. */
  readonly cause?: { readonly message: string; readonly code: string };
  readonly stack?: string;
  readonly isSnapshotError: boolean;
}
