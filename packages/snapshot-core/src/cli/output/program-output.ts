import { once } from 'node:events';
import { inspect } from 'node:util';
import type { Clock } from '../../index.ts';
import type { ProgramStream } from '../surroundings.ts';
import type { DescribedError } from './describe-error.ts';
import { printable } from './printable.ts';
import { renderProgress, type Progress } from './render-progress.ts';

/** A line for programs. */
export interface JsonMessage {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** How a verb speaks: to people in text, to programs in JSON lines, never both. */
export interface ProgramOutput {
  /** A result, on standard output. Text is made only when somebody reads it, and must be `printable`. */
  tell(message: JsonMessage, text: () => string): void;
  /** A result for programs alone. */
  emit(message: JsonMessage): void;
  /** A result for people alone. */
  say(text: () => string): void;
  /** Closing words: as `tell`, but `--quiet` keeps them from people. */
  note(message: JsonMessage, text: () => string): void;
  /** Something that needs attention: people get it on standard error, programs among the results. */
  warn(message: JsonMessage, text: () => string): void;
  /** Shown to people at a terminal at most ten times a second, to programs at most once a second. */
  progress(progress: Progress): void;
  /** Takes the progress line away. The next progress counts its time from then on. */
  endProgress(): void;
  /** What stopped the verb, on standard error. `debug` is shown whole. */
  fail(error: DescribedError & { readonly exitStatus: number }, debug: unknown): void;
  /** Resolves when a slow reader has caught up; await it in long listings, and end them when the answer is false: nobody reads on. */
  caughtUp(): Promise<boolean>;
}

const redrawEveryMs = 100;
const reportEveryMs = 1_000;
const eraseLine = '\r\u001b[2K';

/** What an output takes from outside. */
export interface ProgramOutputOptions {
  readonly stdout: ProgramStream;
  readonly stderr: ProgramStream;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Creates the output of one run. */
export function createProgramOutput({ stdout, stderr, clock, json, quiet }: ProgramOutputOptions): ProgramOutput {
  let startedMs: number | undefined;
  let phase: string | undefined;
  let shownMs = Number.NEGATIVE_INFINITY;
  let isDrawn = false;
  let isLost = false;
  stdout.once('error', () => {
    isLost = true;
  });

  function erase(): void {
    if (isDrawn) stdout.write(eraseLine);
    isDrawn = false;
  }

  function write(stream: ProgramStream, text: string): void {
    erase();
    stream.write(`${text}\n`);
  }

  const tell: ProgramOutput['tell'] = (message, text) => write(stdout, json ? JSON.stringify(message) : text());

  return {
    tell,
    emit: (message) => {
      if (json) tell(message, () => '');
    },
    say: (text) => {
      if (!json) write(stdout, text());
    },
    note: (message, text) => {
      if (json || !quiet) tell(message, text);
    },
    warn: (message, text) => {
      if (json) tell(message, text);
      else write(stderr, `winre-snapshot: ${text()}`);
    },
    progress: (progress) => {
      if (quiet || (!json && stdout.isTTY !== true)) return;
      const nowMs = clock.nowMs();
      if (progress.phase !== phase) [startedMs, phase, shownMs] = [nowMs, progress.phase, Number.NEGATIVE_INFINITY];
      if (nowMs - shownMs < (json ? reportEveryMs : redrawEveryMs)) return;
      shownMs = nowMs;
      const elapsedMs = nowMs - (startedMs ?? nowMs);
      if (json) return void stdout.write(`${JSON.stringify({ type: 'progress', ...progress, elapsedMs })}\n`);
      stdout.write(eraseLine + renderProgress(progress, elapsedMs, columnsOf(stdout)));
      isDrawn = true;
    },
    endProgress: () => {
      erase();
      phase = undefined;
    },
    fail: (error, debug) => {
      const { code, message, cause } = error;
      write(stderr, json ? JSON.stringify({ type: 'error', ...error }) : `winre-snapshot: ${code}: ${printable(message)}${cause === undefined ? '' : `\n  because: ${printable(cause)}`}`);
      if (debug !== undefined) write(stderr, inspect(debug));
    },
    caughtUp: async () => {
      if (!isLost && stdout.writableNeedDrain === true) await once(stdout as NodeJS.WritableStream, 'drain').catch(() => {});
      return !isLost;
    },
  };
}

/** One column less than the terminal has, or it would wrap; some terminals say 0 when they do not know. */
function columnsOf({ columns = 0 }: ProgramStream): number {
  return columns > 0 ? Math.min(80, columns - 1) : 80;
}
