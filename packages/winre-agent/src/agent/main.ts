#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { RecoveryError, SecretValue } from '@winre-kit/sdk';
import { agentVersion } from './agent-version.ts';
import { openProgramAgent } from './open-program-agent.ts';

const usage = `winre-agent ${agentVersion}

  winre-agent enrol --config FILE [--token-file FILE]    enrol this device; without --token-file the token is read from standard input
  winre-agent run --config FILE                          run until SIGTERM or SIGINT
  winre-agent take-restore-point --config FILE           take a restore point now

Log lines are JSON on standard error; results are JSON on standard output. Exit status: 0 done, 1 failed, 2 wrong usage.
`;

const exitCodes = { done: 0, failed: 1, wrongUsage: 2 } as const;
process.exitCode = await runProgram(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${JSON.stringify({ level: 'error', ...(RecoveryError.isInstance(error) ? error.toJSON() : { message: error instanceof Error ? error.message : String(error) }) })}\n`);
  return exitCodes.failed;
});

async function runProgram(programArguments: readonly string[]): Promise<number> {
  const command = readCommand(programArguments);
  if (command === undefined) return exitCodes.wrongUsage;
  if (command.name === 'help') {
    process.stdout.write(usage);
    return exitCodes.done;
  }
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort(new RecoveryError('cancelled', `stopped by ${name}`)));
  const { signal } = stop;
  const agent = await openProgramAgent(command.config, {
    searchPath: process.env['PATH'] ?? '',
    systemRoot: process.env['SystemRoot'] ?? 'C:\\Windows',
    writeLogLine: (line) => process.stderr.write(line),
  });
  // Lent timers do not keep a process alive; an agent between two attempts to connect has nothing else.
  const alive = setInterval(() => {}, 2 ** 30);
  try {
    if (command.name === 'run') return await agent.run({ signal });
    const result = command.name === 'enrol' ? await agent.enrol(await readToken(command.tokenFile), { signal }) : await takeRestorePoint(agent, signal);
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return exitCodes.done;
  } catch (error) {
    if (signal.aborted && error === signal.reason) return exitCodes.done;
    throw error;
  } finally {
    clearInterval(alive);
  }
}

async function takeRestorePoint(agent: Awaited<ReturnType<typeof openProgramAgent>>, signal: AbortSignal): Promise<unknown> {
  const { id, timeMs, statistics } = await agent.takeRestorePoint({ signal });
  return { restorePointId: id, takenAt: new Date(timeMs).toISOString(), bytes: statistics.totalBytes };
}

type ProgramCommand = { readonly name: 'help' } | { readonly name: 'run' | 'enrol' | 'take-restore-point'; readonly config: string; readonly tokenFile: string | undefined };

function readCommand(programArguments: readonly string[]): ProgramCommand | undefined {
  const refuse = (message: string): undefined => void process.stderr.write(`${message}\n\n${usage}`);
  try {
    const { values, positionals } = parseArgs({ args: [...programArguments], allowPositionals: true, options: { config: { type: 'string' }, 'token-file': { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
    const [name, ...more] = positionals;
    if (values.help === true || name === 'help') return { name: 'help' };
    if (name !== 'run' && name !== 'enrol' && name !== 'take-restore-point') return refuse(name === undefined ? 'a command is missing' : `unknown command ${name}`);
    if (more.length > 0) return refuse(`unexpected argument ${more[0] ?? ''}`);
    if (values.config === undefined) return refuse('--config FILE is missing');
    return { name, config: values.config, tokenFile: values['token-file'] };
  } catch (error) {
    return refuse((error as Error).message);
  }
}

async function readToken(tokenFile: string | undefined): Promise<SecretValue> {
  const token = (tokenFile === undefined ? await text(process.stdin) : await readFile(tokenFile, 'utf8')).trim();
  if (token === '') throw new RecoveryError('invalid-argument', 'the enrolment token is empty: give it in --token-file or on standard input', { fieldPath: 'token' });
  return new SecretValue(token);
}
