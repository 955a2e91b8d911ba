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

/** Starts a program and waits for the first line of standard output that is JSON with the member `member`. */
export async function startAndAwait<Ready extends object>(program: Omit<Parameters<typeof startProgram>[0], 'onLine'>, member: keyof Ready & string): Promise<ChildProgram & { readonly ready: Ready }> {
  const { promise, resolve, reject } = Promise.withResolvers<Ready>();
  const child = startProgram({
    ...program,
    onLine(line) {
      if (!line.startsWith('{')) return;
      const message = JSON.parse(line) as object;
      if (member in message) resolve(message as Ready);
    },
  });
  child.process.once('exit', (code) => reject(new RecoveryError('unavailable', `${program.name} ended with code ${code} before it was ready; see ${program.logFile}`)));
  return { ...child, ready: await promise, process: child.process, [Symbol.asyncDispose]: child[Symbol.asyncDispose] };
}
