import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { RecoveryError, type Clock, type OutputStream } from '@winre-kit/sdk';
import { runMark, type ProcessRules } from '../../platform/process-rules.ts';
import { createOutputCollector, type OutputCollector } from './output-collector.ts';

/** A program to run to its end, with everything it starts. */
export interface ChildRequest {
  readonly fileName: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  /** Added to the platform's own environment. Never a secret: every process may read it. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** For stdout and stderr each. */
  readonly maxOutputBytes: number;
  /** Gets text as it comes; the child is held up until it resolves. */
  readonly onText?: (stream: 'stdout' | 'stderr', text: string, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

export interface ChildResult {
  /** Undefined when it was killed. */
  readonly exitCode: number | undefined;
  readonly timedOut: boolean;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

/**
 * Runs a real child process. At the timeout, and when the signal aborts, it is killed with everything it started; what a finished program left
 * running is killed too.
 *
 * @throws {RecoveryError} `unsupported` when the program cannot be started; the signal's reason when aborted
 */
export async function runChild(lent: { readonly clock: Clock; readonly rules: ProcessRules }, request: ChildRequest): Promise<ChildResult> {
  const { clock, rules } = lent;
  request.signal.throwIfAborted();
  runs += 1;
  const mark = `${process.pid}.${runs}`;
  const child = spawn(request.fileName, request.arguments, {
    cwd: request.folder,
    env: { ...rules.environment(), ...request.environment, [runMark]: mark },
    detached: rules.ownProcessGroup,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const processId = await started(child, request.fileName);
  const over = new AbortController();
  const done = new AbortController();
  let timedOut = false;
  const stop = AbortSignal.any([over.signal, request.signal]);
  const killed = new Promise<void>((resolve, reject) => {
    const kill = (): void => void killAndCut(rules, child, processId, mark, clock, done.signal).then(resolve, reject);
    if (stop.aborted) kill();
    else stop.addEventListener('abort', kill, { once: true });
    done.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const timer = clock.sleep(request.timeoutMs, { signal: done.signal }).then(
    () => {
      timedOut = true;
      over.abort();
    },
    // The program ended first.
    () => {},
  );
  const collectors = { stdout: createOutputCollector(request.maxOutputBytes), stderr: createOutputCollector(request.maxOutputBytes) };
  const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code))).then(async (code) => {
    // Whatever it left behind would hold the pipes open and go on working unseen.
    await rules.killTree(processId, mark);
    return code;
  });
  const drained = (['stdout', 'stderr'] as const).map((stream) => drain(child[stream], collectors[stream], async (text) => request.onText?.(stream, text, stop), stop));
  try {
    const [exitCode] = await Promise.all([exit, ...drained]);
    request.signal.throwIfAborted();
    return { exitCode: timedOut || exitCode === null ? undefined : exitCode, timedOut, stdout: collectors.stdout.output, stderr: collectors.stderr.output };
  } finally {
    done.abort();
    await Promise.all([timer, killed]);
  }
}

/** Tells the children of one run from all others, also when they left its process group. */
let runs = 0;
/** How long a killed program's pipes may stay open. */
const pipeGraceMs = 1_000;

/** Somebody who got away may still hold the pipes; nobody waits for him. */
async function killAndCut(rules: ProcessRules, child: ChildProcessByStdio<null, Readable, Readable>, processId: number, mark: string, clock: Clock, done: AbortSignal): Promise<void> {
  await rules.killTree(processId, mark);
  await clock.sleep(pipeGraceMs, { signal: done }).catch(() => undefined);
  child.stdout.destroy();
  child.stderr.destroy();
}

async function started(child: ChildProcessByStdio<null, Readable, Readable>, fileName: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(new RecoveryError('unsupported', `${fileName} cannot be started here: ${cause.message}`, { cause })));
  });
  if (child.pid === undefined) throw new RecoveryError('internal', `${fileName} was started without a process id`);
  return child.pid;
}

async function drain(stream: Readable, collector: OutputCollector, onText: (text: string) => Promise<void>, stop: AbortSignal): Promise<void> {
  const hand = async (text: string): Promise<void> => {
    if (text === '' || stop.aborted) return;
    await onText(text).catch((error: unknown) => {
      // Once it is being killed nobody waits for room in the log any more.
      if (!stop.aborted) throw error;
    });
  };
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) await hand(collector.add(piece));
  } catch (error) {
    // The pipe was cut because somebody held it after the program was killed.
    if (!stop.aborted) throw error;
  }
  await hand(collector.end());
}
