import type { Readable } from 'node:stream';
import type { Clock } from '../index.ts';

/** Where the command reads from. */
export type ProgramInput = Readable & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };

/** Where the command writes to. */
export type ProgramStream = Pick<NodeJS.WritableStream, 'write' | 'once'> & { readonly isTTY?: boolean; readonly columns?: number; readonly writableNeedDrain?: boolean };

/** Everything the command takes from the process around it, so that tests own it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: ProgramInput;
  readonly stdout: ProgramStream;
  readonly stderr: ProgramStream;
  readonly clock: Clock;
  readonly hostname: string;
  randomUUID(): string;
  /** Calls back for each SIGINT or SIGTERM, until the answered function is called. */
  onStop(listener: () => void): () => void;
  /** Ends the process at once: what the second Ctrl-C asks for. */
  exit(status: number): void;
}
