import type { Command } from 'commander';
import { displayPath, listSnapshot, type TreeEntry } from '../../index.ts';
import { examples } from '../examples.ts';
import type { ExitName } from '../exit-codes.ts';
import { formatBytes, formatCount, formatTime } from '../output/format-values.ts';
import { printable } from '../output/printable.ts';
import { openChosenRepository } from '../repository/chosen-repository.ts';
import { pathInSnapshot } from '../repository/path-in-snapshot.ts';
import { resolveSnapshot } from '../repository/resolve-snapshot.ts';
import type { DefineVerb, VerbContext } from '../verb.ts';

interface LsFlags {
  readonly long?: boolean;
}

/** `ls`: what is in a tree snapshot. */
export const defineLs: DefineVerb = (program, run) => {
  program
    .command('ls')
    .summary('list what is in a snapshot')
    .description('Lists what is in a tree snapshot, with everything below the given paths. Nothing is restored and no file content is read.')
    .argument('<snapshot>', 'id, its beginning, or latest')
    .argument('[paths...]', 'relative to what was backed up, or as it was there; without one everything is listed')
    .option('-l, --long', 'with mode, user, group, size and time')
    .addHelpText('after', examples('ls latest', 'ls 3fa94c01 --long Documents/taxes', 'ls latest --json'))
    .action((snapshot: string, paths: readonly string[], flags: LsFlags, command: Command) => run(command, (context) => ls(context, snapshot, paths, flags)));
};

async function ls(context: VerbContext, snapshot: string, given: readonly string[], { long = false }: LsFlags): Promise<ExitName> {
  const { output, signal } = context;
  const repository = await openChosenRepository(context);
  const record = await resolveSnapshot(repository, snapshot, { signal });
  const paths = given.map((path) => pathInSnapshot(path, record));
  const wanted = paths.map((path) => Buffer.from(path.split('/').filter((name) => name !== '').join('/')));
  const total = { entries: 0, bytes: 0, damaged: 0 };
  for await (const item of listSnapshot(repository, record.id, { signal, ...(paths.length > 0 && { paths }) })) {
    const { path } = item;
    if (item.step === 'damaged') {
      total.damaged += 1;
      output.warn({ type: 'issue', path: displayPath(path), pathBase64: base64(path), reason: 'damaged', message: item.message }, () => `the rest of ${shown(path)} cannot be listed: ${printable(item.message)}`);
    }
    // The root has no name, and the directories that lead to a path were not asked for.
    if (item.step !== 'entry' || path.length === 0 || (wanted.length > 0 && !wanted.some((start) => isAtOrBelow(path, start)))) continue;
    const { entry } = item;
    total.entries += 1;
    total.bytes += entry.type === 'file' ? entry.size : 0;
    output.tell({ type: 'entry', path: displayPath(path), pathBase64: base64(path), ...entryMessage(entry) }, () => `${long ? `${describeFacts(entry)}  ` : ''}${shown(path)}${describeType(entry)}`);
    if (!(await output.caughtUp())) break;
  }
  output.note({ type: 'summary', verb: 'ls', snapshotId: record.id, ...total }, () => `${formatCount(total.entries, 'entry', 'entries')}, ${formatBytes(total.bytes)} in snapshot ${record.id.slice(0, 8)} of ${formatTime(record.timeMs)}`);
  return total.damaged > 0 ? 'damaged' : 'done';
}

function isAtOrBelow(path: Uint8Array, start: Buffer): boolean {
  return start.length === 0 || (Buffer.compare(path.subarray(0, start.length), start) === 0 && (path.length === start.length || path[start.length] === 0x2f));
}

function entryMessage(entry: TreeEntry): Record<string, unknown> {
  const { type, mode, userId, groupId, size } = entry;
  return {
    entryType: type, mode: mode & 0o7777, userId, groupId, size, modifiedAt: new Date(modifiedMs(entry)).toISOString(),
    ...(entry.type === 'symlink' && { target: displayPath(entry.target), targetBase64: base64(entry.target) }),
    ...(entry.type === 'unread' && { reason: entry.reason }),
  };
}

function describeFacts(entry: TreeEntry): string {
  const { mode, userId, groupId, size } = entry;
  return [(mode & 0o7777).toString(8).padStart(4, '0'), String(userId).padStart(5), String(groupId).padStart(5), (entry.type === 'file' ? formatBytes(size) : '').padStart(9), formatTime(modifiedMs(entry))].join('  ');
}

function describeType(entry: TreeEntry): string {
  if (entry.type === 'symlink') return ` -> ${displayPath(entry.target)}`;
  if (entry.type === 'unread') return `  (name only: ${entry.reason})`;
  return entry.type === 'directory' ? '/' : '';
}

function modifiedMs({ modifiedMicros }: TreeEntry): number {
  return Number(modifiedMicros / 1_000n);
}

function shown(path: Uint8Array): string {
  return path.length === 0 ? '.' : displayPath(path);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
