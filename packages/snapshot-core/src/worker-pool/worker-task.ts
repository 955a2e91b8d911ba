/**
 * Work that runs in a worker thread, or on the calling thread when there are none.
 *
 * A task is known by its name on both sides of the thread, so input and output must survive structured cloning. File descriptors
 * belong to the process: pass their numbers.
 */
export interface WorkerTask<Input, Output> {
  readonly name: string;
  run(input: Input, context: TaskContext): Output | Promise<Output>;
}

/** What a task finds around it. One context lives as long as its thread's part in the pool. */
export interface TaskContext {
  /** What earlier tasks left for later ones on the same thread, such as an open engine. */
  readonly memory: Map<string, unknown>;
  /** Tells the pool's owner something before the task ends. Arrives in order, and before the task's result. */
  post(message: unknown): void;
  /** Throws once the pool is being aborted; call it every few milliseconds of work. */
  throwIfAborted(): void;
}

/** A task whose types nobody looks at, as registries hold them. */
// oxlint-disable-next-line typescript/no-explicit-any -- a registry of tasks with different types
export type AnyTask = WorkerTask<any, any>;
