import type { Command } from 'commander';
import { SnapshotError, type Credential } from '../../index.ts';
import type { VerbContext } from '../verb.ts';
import { readKeyFile, readPasswordFile } from './read-secret-file.ts';

/** Where a new password or key comes from. */
export interface NewCredentialFlags {
  readonly newPasswordFile?: string;
  readonly newKeyFile?: string;
}

/** Adds the options that say where a new password or key comes from. */
export function addNewCredentialFlags(command: Command): Command {
  return command
    .option('--new-password-file <file>', 'file with the new password (default: it is asked for)')
    .option('--new-key-file <file>', 'file with the new raw key: 32 bytes, or 64 hexadecimal characters');
}

/** Reads the new password or key, or asks for a password twice. @throws {SnapshotError} `argument/invalid`, `repository/key-required` */
export async function newCredential({ credentials }: VerbContext, { newPasswordFile, newKeyFile }: NewCredentialFlags): Promise<Credential> {
  if (newPasswordFile !== undefined && newKeyFile !== undefined) throw new SnapshotError('argument/invalid', 'give --new-password-file or --new-key-file, not both');
  if (newPasswordFile !== undefined) return readPasswordFile(newPasswordFile);
  return newKeyFile === undefined ? credentials.askedTwice() : readKeyFile(newKeyFile);
}
