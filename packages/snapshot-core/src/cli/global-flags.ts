import type { Command } from 'commander';
import type { LeaseOptions } from '../index.ts';
import type { SecretFlags } from './keys/credential-source.ts';
import { parseSeconds } from './parse-values.ts';

/** Options that every verb takes, before or after its name. */
export interface GlobalFlags extends SecretFlags {
  readonly repo?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  /** Milliseconds. */
  readonly wait?: number;
  readonly ignoreLocks?: boolean;
}

/** Adds the options that every verb takes. */
export function addGlobalFlags(program: Command): void {
  program
    .option('-r, --repo <location>', 'where the repository is: a folder, or s3:https://host/bucket/prefix (default: WINRE_SNAPSHOT_REPOSITORY)')
    .option('--password-file <file>', 'file with the password of an encrypted repository (default: WINRE_SNAPSHOT_PASSWORD_FILE or WINRE_SNAPSHOT_PASSWORD, or it is asked for)')
    .option('--key-file <file>', 'file with its raw key: 32 bytes, or 64 hexadecimal characters')
    .option('--json', 'write one JSON object per line, for programs')
    .option('-q, --quiet', 'no progress and no closing words; errors still show')
    .option('--wait <seconds>', 'how long to wait for a repository that another process holds', parseSeconds)
    .option('--ignore-locks', 'work whoever holds the repository; only where their system is known to be down');
}

/** How to wait for a busy repository, as the calls of the library take it. */
export function leaseOf({ wait, ignoreLocks }: GlobalFlags): Pick<LeaseOptions, 'waitAtMostMs' | 'ignoreOthers'> {
  return { ...(wait !== undefined && { waitAtMostMs: wait }), ...(ignoreLocks === true && { ignoreOthers: true }) };
}
