import { readFileSync, writeFileSync } from 'node:fs';

/** What a process has taken so far. Undefined where there is no `/proc`. */
export interface ServerEffort {
  /** User and system time of all its threads. */
  readonly cpuSeconds: number | undefined;
  /** Largest resident set since {@link forgetPeak}. */
  readonly peakBytes: number | undefined;
}

/** `/proc` counts in hundredths of a second, whatever the kernel's own clock is. */
const ticksPerSecond = 100;

/** Reads it from outside, so the process is not disturbed. */
export function readServerEffort(pid: number): ServerEffort {
  const status = readIfThere(`/proc/${pid}/status`);
  const peakKibibytes = status && /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  // The name of the program is in brackets and may hold anything; utime and stime are the 12th and 13th field behind it.
  const fields = readIfThere(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ');
  return {
    cpuSeconds: fields && (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    peakBytes: peakKibibytes ? Number(peakKibibytes) * 1024 : undefined,
  };
}

/** Lets the high-water mark of memory begin anew. Where that is not allowed the mark stays that of the whole run. */
export function forgetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // No /proc, or a kernel without it.
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
