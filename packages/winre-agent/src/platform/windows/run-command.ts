import { spawn } from 'node:child_process';
import { RecoveryError } from '@winre-kit/sdk';
import type { CommandLine } from './netsh-commands.ts';

/** Runs one of the system's own programs to its end. @throws {RecoveryError} `internal` with the exit code when it is not 0 */
export async function runCommand(command: CommandLine): Promise<void> {
  const fail = (detail: string, cause?: unknown): RecoveryError => new RecoveryError('internal', `${command.fileName} ${command.arguments[0] ?? ''}: ${detail}`, { cause });
  await new Promise<void>((resolve, reject) => {
    const child = spawn(command.fileName, command.arguments, { stdio: 'ignore', windowsHide: true });
    child.once('error', (error) => reject(fail(error.message, error)));
    child.once('exit', (code) => (code === 0 ? resolve() : reject(fail(`ended with ${code}`))));
  });
}
