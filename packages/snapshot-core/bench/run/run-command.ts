import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** A program to start, without a shell. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly folder?: string;
  /** Added to this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What one whole process took, from its start to its end, seen from outside. */
export interface Effort {
  readonly seconds: number;
  /** User and system time of the process and those it waited for. */
  readonly cpuSeconds: number;
  /** Largest resident set; undefined where there is no `/proc`. */
  readonly peakBytes: number | undefined;
  /** What it wrote to standard output. */
  readonly output: string;
  /** And to standard error. */
  readonly errors: string;
}

// POSIX `times` is the one way to a child's CPU time that is everywhere; the shells cost every contender the same millisecond or two.
const timed = `sh -c 'echo $$ >&3; exec "$@"' sh "$@"; status=$?; times >&3; exit $status`;
const pollPeakEveryMs = 10;

/**
 * Runs a command to its end.
 *
 * @throws {Error} when it cannot be started or ends with another status than 0, with what it said
 */
export async function runCommand({ program, args, folder, environment }: Command): Promise<Effort> {
  const startedMs = performance.now();
  const child = spawn('sh', ['-c', timed, 'sh', program, ...args], { cwd: folder, env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe', 'pipe'], detached: true });
  // An interrupted bench takes the whole group along, before its folder is removed.
  const stop = (): void => void (child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'));
  process.prependOnceListener('exit', stop);
  const texts = { output: '', errors: '', report: '' };
  const collect = (index: number, into: keyof typeof texts): void => {
    child.stdio[index]?.on('data', (bytes: Buffer) => void (texts[into] += bytes.toString()));
  };
  collect(1, 'output');
  collect(2, 'errors');
  collect(3, 'report');
  let peakBytes: number | undefined;
  const poll = setInterval(() => {
    const pid = /^\d+/.exec(texts.report)?.[0];
    if (pid !== undefined) peakBytes = Math.max(peakBytes ?? 0, readPeak(pid) ?? 0) || undefined;
  }, pollPeakEveryMs);
  const { status, seconds } = await new Promise<{ status: number | null; seconds: number }>((resolve, reject) => {
    let seconds = 0;
    child.once('error', reject);
    child.once('exit', () => (seconds = (performance.now() - startedMs) / 1000));
    child.once('close', (status) => resolve({ status, seconds }));
  }).finally(() => {
    clearInterval(poll);
    process.off('exit', stop);
  });
  if (status !== 0) throw new Error(`${basename(program)} ${args.join(' ')} ended with status ${String(status)}: ${(texts.errors || texts.output).trim().slice(-2000)}`);
  return { seconds, cpuSeconds: readCpuSeconds(texts.report), peakBytes, output: texts.output, errors: texts.errors };
}

/** The kernel keeps the high-water mark, so a late look misses little. */
function readPeak(pid: string): number | undefined {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    // It has ended, or there is no /proc.
    return undefined;
  }
}

/** The last line of `times`: user and system time of the children, as `0m1.234s 0m0.567s`. */
function readCpuSeconds(report: string): number {
  const times = [...(report.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  return times.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}
