import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { SnapshotError } from '../index.ts';
import type { VerbContext } from './verb.ts';

/** What asking needs of a verb's context. */
export type AskContext = Pick<VerbContext, 'surroundings' | 'signal' | 'interrupt'>;

/**
 * Makes sure that somebody can be asked.
 *
 * @throws {SnapshotError} `argument/invalid` when standard input is no terminal
 */
export function requirePeople({ surroundings }: AskContext): void {
  if (surroundings.stdin.isTTY !== true) throw new SnapshotError('argument/invalid', 'nobody can be asked here, because standard input is no terminal; look at --dry-run, then give --yes');
}

/** Asks for a `yes` on the terminal. Anything else is a no, and so is the end of input. */
export async function askForYes(context: AskContext, question: string): Promise<boolean> {
  return (await askLine(context, `${question} Type yes to go on: `, 'shown'))?.trim() === 'yes';
}

/** Asks for a line on the terminal that does not show while it is typed. @returns `undefined` at the end of input */
export function askHidden(context: AskContext, question: string): Promise<string | undefined> {
  return askLine(context, question, 'hidden');
}

async function askLine({ surroundings, signal, interrupt }: AskContext, question: string, echo: 'shown' | 'hidden'): Promise<string | undefined> {
  const { stdin, stderr } = surroundings;
  const nowhere = new Writable({ write: (_text, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: echo === 'shown' ? (stderr as NodeJS.WritableStream) : nowhere, terminal: true, historySize: 0 });
  // The terminal is raw meanwhile: Ctrl-C comes as a character, not as a signal.
  lines.on('SIGINT', interrupt);
  const ended = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
  if (echo === 'hidden') stderr.write(question);
  try {
    return await Promise.race([lines.question(echo === 'shown' ? question : '', { signal }), ended]);
  } finally {
    lines.close();
    if (echo === 'hidden') stderr.write('\n');
  }
}
