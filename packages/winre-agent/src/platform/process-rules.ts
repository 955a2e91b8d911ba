/** The environment variable that every process of one run carries. */
export const runMark = 'WINRE_RUN';

/** How child processes are started and killed on this kind of machine. */
export interface ProcessRules {
  /** Whether a child leads a process group of its own, so that it can be killed with everything it started. */
  readonly ownProcessGroup: boolean;
  /** Environment of every child: nothing of the agent's own environment gets in by accident. */
  environment(): Record<string, string>;
  /** Kills a process and everything it started; a process that is gone is no error. @param mark the value of `runMark` that its children inherited */
  killTree(processId: number, mark: string): Promise<void>;
}
