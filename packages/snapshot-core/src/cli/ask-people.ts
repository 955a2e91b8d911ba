import { createInterface } from 'node:readline/promises';
import { SnapshotError } from '../index.ts';
import type { VerbContext } from './verb.ts';

/**
 * Makes sure that somebody can be asked.
 *
 * @throws {SnapshotError} `argument/invalid` when standard input is no terminal
 */
export function requirePeople({ surroundings }: VerbContext): void {
  if (surroundings.stdin.isTTY !== true) throw new SnapshotError('argument/invalid', 'nobody can be asked here, because standard input is no terminal; look at --dry-run, then give --yes');
}

/** Asks for a `yes` on the terminal. Anything else is a no, and so is the end of input. */
export async function askForYes({ surroundings, signal, interrupt }: VerbContext, question: string): Promise<boolean> {
  const lines = createInterface({ input: surroundings.stdin, output: surroundings.stderr as NodeJS.WritableStream });
  // The terminal is raw meanwhile: Ctrl-C comes as a character, not as a signal.
  lines.on('SIGINT', interrupt);
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    return (await Promise.race([lines.question(`${question} Type yes to go on: `, { signal }), ended])).trim() === 'yes';
  } finally {
    lines.close();
  }
}
