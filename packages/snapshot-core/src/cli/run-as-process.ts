import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { systemClock } from '../index.ts';
import { exitCodes } from './exit-codes.ts';
import { runProgram } from './run-program.ts';

/** Runs the command with this process's arguments, streams and signals, and sets its exit status. */
export async function runAsProcess(): Promise<void> {
  let isLost = false;
  // What cannot be told must not cut a backup or a rollback short.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that had enough, such as `head`.
    if (isLost || error.code === 'EPIPE') return;
    isLost = true;
    process.stderr.write(`winre-snapshot: standard output takes no more, so some of what was told is lost: ${error.message}\n`);
    if (process.exitCode === exitCodes.done.status) process.exitCode = exitCodes.failed.status;
  });
  process.stderr.on('error', () => {});
  const status = await runProgram(process.argv.slice(2), {
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
  process.exitCode = isLost && status === exitCodes.done.status ? exitCodes.failed.status : status;
}

function onStop(listener: () => void): () => void {
  const names = ['SIGINT', 'SIGTERM'] as const;
  for (const name of names) process.on(name, listener);
  return () => {
    for (const name of names) process.off(name, listener);
  };
}
