import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program as a process of its own whose lines, of both streams, can be waited for. */
export interface WatchedProgram extends AsyncDisposable {
  readonly pid: number;
  readonly lines: readonly string[];
  /** The first line that matches, from the beginning. Rejects when the program ends without one. */
  line(pattern: RegExp): Promise<string>;
  /** Lets a program go on that was held by `hold-at.ts`. */
  release(): void;
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): void;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Exit code, or the name of the signal. */
  readonly ended: Promise<number | string>;
}

export function startWatched(programArguments: readonly string[], environment: Readonly<Record<string, string>>): WatchedProgram {
  const child: ChildProcess = spawn(process.execPath, ['--no-warnings', '--conditions=@winre-kit/source', ...programArguments], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', ...environment },
  });
  const lines: string[] = [];
  const looks = new Set<() => void>();
  let isOver = false;
  const lookAgain = (): void => {
    for (const look of looks) look();
  };
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      lookAgain();
    });
  }
  // Written to after the end, a pipe complains.
  child.stdin?.on('error', () => {});
  const ended = once(child, 'close').then(() => {
    isOver = true;
    lookAgain();
    return child.signalCode ?? child.exitCode ?? 0;
  });
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  return {
    pid: child.pid ?? 0,
    lines,
    ended,
    kill,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = lines.find((line) => pattern.test(line));
          if (found !== undefined) resolve(found);
          else if (isOver) reject(new RangeError(`ended without ${pattern}: ${lines.join('\n')}`));
          else return;
          looks.delete(look);
        };
        looks.add(look);
        look();
      }),
    release: () => void child.stdin?.write('\n'),
    signal: (name) => void child.kill(name),
    [Symbol.asyncDispose]: kill,
  };
}
