import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { systemClock } from '../index.ts';
import { runProgram } from './run-program.ts';

/** Runs the command with this process's arguments, streams and signals, and sets its exit status. */
export async function runAsProcess(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  process.exitCode = await runProgram(process.argv.slice(2), {
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    clock: systemClock,
    hostname: hostname(),
    randomUUID,
    onStop,
    exit: (status) => process.exit(status),
  });
}

function onStop(listener: () => void): () => void {
  const names = ['SIGINT', 'SIGTERM'] as const;
  for (const name of names) process.on(name, listener);
  return () => {
    for (const name of names) process.off(name, listener);
  };
}

/** A reader that had enough, such as `head`, must not cut a backup short. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
