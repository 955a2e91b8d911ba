import type { Command } from 'commander';
import { resolve } from 'node:path';
import type { SnapshotRecord } from '../../index.ts';

/** Which snapshots are meant; what is left out does not matter. */
export interface SnapshotFilter {
  readonly host?: string;
  readonly path?: string;
  readonly label?: string;
}

/** Adds the options that pick snapshots. */
export function addSnapshotFilter(command: Command): Command {
  return command
    .option('--host <name>', 'only snapshots taken on this host')
    .option('--path <path>', 'only snapshots of this path')
    .option('--label <label>', 'only snapshots with this label');
}

/** Whether a snapshot is meant. A path also matches as it was recorded, for those of other machines. */
export function isPicked({ hostname, source, labels }: SnapshotRecord, { host, path, label }: SnapshotFilter): boolean {
  return (host === undefined || host === hostname) && (path === undefined || path === source.description || resolve(path) === source.description) && (label === undefined || labels.includes(label));
}
