import type { Command } from 'commander';
import type { ExitName } from './exit-codes.ts';
import type { GlobalFlags } from './global-flags.ts';
import type { CredentialSource } from './keys/credential-source.ts';
import type { ProgramOutput } from './output/program-output.ts';
import type { Surroundings } from './surroundings.ts';

/** What every verb is given. */
export interface VerbContext {
  readonly surroundings: Surroundings;
  readonly flags: GlobalFlags;
  readonly output: ProgramOutput;
  readonly credentials: CredentialSource;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** What Ctrl-C does, for where it comes as a character. */
  readonly interrupt: () => void;
}

/** Does what a verb is for, and says how it ended. Throws what it cannot handle. */
export type VerbWork = (context: VerbContext) => Promise<ExitName>;

/** Runs the work of the verb that was chosen. */
export type RunVerb = (command: Command, work: VerbWork) => Promise<void>;

/** Adds one verb, its arguments, options and examples to the command. */
export type DefineVerb = (program: Command, run: RunVerb) => void;
