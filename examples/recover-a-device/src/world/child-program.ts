import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { RecoveryError } from '@winre-kit/sdk';

/** A program of this demo in a process of its own. */
export interface ChildProgram extends AsyncDisposable {
  readonly process: ChildProcess;
}

/** Starts a Node program; its output goes to `logFile`, and `onLine` sees each line of standard output. Disposing ends it with SIGTERM, after five seconds with SIGKILL. */
export function startProgram(program: { readonly name: string; readonly arguments: readonly string[]; readonly logFile: string; readonly onLine?: (line: string) => void }): ChildProgram {
  const child = spawn(process.execPath, program.arguments, { stdio: ['ignore', 'pipe', 'pipe'] });
  const log = createWriteStream(program.logFile, { flags: 'a' });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  createInterface({ input: child.stdout }).on('line', (line) => program.onLine?.(line));
  const ended = once(child, 'exit');
  return {
    process: child,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        const insist = setTimeout(() => child.kill('SIGKILL'), 5_000);
        await ended;
        clearTimeout(insist);
      }
      log.end();
    },
  };
}

/** Starts a program and waits for the line of standard output that says it is ready; gives the first group of the pattern. */
export async function startAndAwait(program: Omit<Parameters<typeof startProgram>[0], 'onLine'>, ready: RegExp): Promise<{ readonly program: ChildProgram; readonly value: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = startProgram({
    ...program,
    onLine(line) {
      const value = ready.exec(line)?.[1];
      if (value !== undefined) resolve(value);
    },
  });
  child.process.once('exit', (code) => reject(new RecoveryError('unavailable', `${program.name} ended with code ${code} before it was ready; see ${program.logFile}`)));
  return { program: child, value: await promise };
}

/** Runs a program to its end. @throws {RecoveryError} when it ends with another code than 0 */
export async function runProgram(program: Parameters<typeof startProgram>[0]): Promise<void> {
  const child = startProgram(program);
  const [code] = (await once(child.process, 'exit')) as [number | null];
  await child[Symbol.asyncDispose]();
  if (code !== 0) throw new RecoveryError('internal', `${program.name} ended with code ${code}; see ${program.logFile}`);
}
