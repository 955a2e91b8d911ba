import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** How a child process ended, and what it said. */
export interface ChildEnd {
  readonly signal: NodeJS.Signals | null;
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

/** A child process that runs a script. */
export interface RunningChild {
  readonly ended: Promise<ChildEnd>;
  /** Resolves when it has written this word on a line of its own. */
  readonly said: (word: string) => Promise<void>;
  /** Ends its standard input: what some scripts wait for. */
  readonly goOn: () => void;
}

/** Compiled modules of the children: they start in half the time. */
const compiled = join(tmpdir(), `snapshot-core-compiled-${process.pid}`);

/** Starts a script. */
export function startChild(script: URL, ...values: readonly string[]): RunningChild {
  const path = fileURLToPath(script);
  const child = spawn(process.execPath, ['--conditions=@winre-kit/source', '--no-warnings', path, ...values], { stdio: 'pipe', env: { ...process.env, NODE_COMPILE_CACHE: compiled } });
  let output = '';
  const listeners = new Set<() => void>();
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString('utf8');
    for (const listener of listeners) listener();
  });
  const exit = new Promise<{ signal: NodeJS.Signals | null; status: number | null }>((resolve) => child.once('close', (status, signal) => resolve({ signal, status })));
  const ended = Promise.all([exit, text(child.stderr)]).then(([end, errors]) => ({ ...end, output, errors }));
  return {
    ended,
    said: (word) => new Promise((resolve, reject) => {
      const look = () => {
        if (output.split('\n').includes(word)) resolve();
      };
      listeners.add(look);
      void ended.then(({ errors }) => reject(new TypeError(`the child ended without saying ${word}: ${errors}`)));
      look();
    }),
    goOn: () => child.stdin.end(),
  };
}

/** Runs a script to its end. */
export function runChild(script: URL, ...values: readonly string[]): Promise<ChildEnd> {
  const child = startChild(script, ...values);
  child.goOn();
  return child.ended;
}
