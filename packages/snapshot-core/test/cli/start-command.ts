import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** The program, as it is started by tests. */
export const programPath = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** Compiled code is kept between runs: dozens of starts would otherwise spend most of their time compiling the same modules. */
const compileCache = join(tmpdir(), 'winre-snapshot-compile-cache');

/** What a run left behind. */
export interface CommandRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as JSON lines. */
  messages(): readonly Record<string, unknown>[];
  /** The last JSON line: the summary. */
  summary(): Record<string, unknown>;
}

/** The command, running. */
export interface StartedCommand {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ended: Promise<CommandRun>;
}

/** Starts the real program in a process of its own. Standard input stays open; nothing of the environment is passed on but `PATH`. */
export function startCommand(programArguments: readonly string[], env: Readonly<Record<string, string>> = {}): StartedCommand {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', programPath, ...programArguments], { stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: compileCache, ...env } });
  return { child, ended: collectRun(child) };
}

/** Runs the program to its end with this standard input. */
export async function runCommand(programArguments: readonly string[], { input = '', env = {} }: { readonly input?: string | Uint8Array; readonly env?: Readonly<Record<string, string>> } = {}): Promise<CommandRun> {
  const { child, ended } = startCommand(programArguments, env);
  // A program that refuses before it reads closes the pipe.
  child.stdin.on('error', () => {}).end(input);
  return ended;
}

async function collectRun(child: StartedCommand['child']): Promise<CommandRun> {
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), child.exitCode === null && child.signalCode === null ? once(child, 'close') : undefined]);
  const messages = () => stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>);
  return { status: child.exitCode, stdout, stderr, messages, summary: () => messages().at(-1) ?? {} };
}
