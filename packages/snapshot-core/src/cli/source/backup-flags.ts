import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Surroundings } from '../surroundings.ts';
import { collect, parseCount } from '../parse-values.ts';

/** How a source is taken. */
export interface BackupFlags {
  readonly image?: boolean;
  readonly host?: string;
  readonly label?: readonly string[];
  readonly exclude?: readonly string[];
  readonly verifyAll?: boolean;
  /** A file that lists what was written since the parent. */
  readonly changedRanges?: string;
  readonly workers?: number;
}

/** Adds the options that say how a source is taken. */
export function addBackupFlags(command: Command): Command {
  return command
    .option('--image', 'PATH is a raw image file, taken as one volume')
    .option('--host <name>', 'host to record (default: the name of this machine)')
    .option('--label <label>', 'label of the snapshot; may be repeated', collect)
    .option('--exclude <path>', 'file or directory to leave out; may be repeated', collect)
    .option('--verify-all', 'read every file, whatever its metadata says')
    .option('--workers <count>', 'threads to use; 0 for none beside the main one (default: by the number of processors)', parseCount(0));
}

/** Host and path as the snapshots of a source are recorded. */
export function originOf(path: string, { host }: BackupFlags, { hostname }: Pick<Surroundings, 'hostname'>): { readonly hostname: string; readonly description: string } {
  return { hostname: host ?? hostname, description: resolve(path) };
}
