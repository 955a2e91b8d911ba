import type { Command } from 'commander';
import { SnapshotError, diffImages, diffSnapshots, summarizeChanges, type ChangeSummary, type Repository, type SnapshotRecord, type TreeChange } from '../../index.ts';
import { examples } from '../examples.ts';
import type { ExitName } from '../exit-codes.ts';
import { formatBytes, formatCount } from '../output/format-values.ts';
import { openChosenRepository } from '../repository/chosen-repository.ts';
import { resolveSnapshot } from '../repository/resolve-snapshot.ts';
import type { DefineVerb, VerbContext } from '../verb.ts';

/** `diff`: what changed from one snapshot to another. */
export const defineDiff: DefineVerb = (program, run) => {
  program
    .command('diff')
    .summary('show what changed between two snapshots')
    .description('Shows what changed from one tree snapshot to another: + added, - removed, M content, U only mode, owner or time.\nBetween two images: the ranges of the later one that changed, OFFSET BYTES, as long as the chunks that changed.\nNo content is read: chunks are compared by identity.')
    .argument('<from>', 'id, its beginning, or latest')
    .argument('<to>', 'id, its beginning, or latest')
    .addHelpText('after', examples('diff 3fa94c01 latest', 'diff 3fa94c01 latest --json'))
    .action((from: string, to: string, _flags: unknown, command: Command) => run(command, (context) => diff(context, from, to)));
};

async function diff(context: VerbContext, from: string, to: string): Promise<ExitName> {
  const { output, signal } = context;
  const repository = await openChosenRepository(context);
  const [earlier, later] = [await resolveSnapshot(repository, from, { signal }), await resolveSnapshot(repository, to, { signal })];
  if (earlier.source.kind !== later.source.kind) throw new SnapshotError('snapshot/wrong-kind', `of the snapshots ${earlier.id} and ${later.id} one is a directory tree and one an image; name two of a kind`);
  if (later.source.kind === 'image') return diffTwoImages(context, repository, earlier, later);
  const summary = await summarizeChanges(told(diffSnapshots(repository, earlier.id, later.id, { signal }), context));
  output.note({ type: 'summary', verb: 'diff', from: earlier.id, to: later.id, ...summary }, () => describeSummary(summary));
  return 'done';
}

async function diffTwoImages({ output, signal }: VerbContext, repository: Repository, from: SnapshotRecord, to: SnapshotRecord): Promise<ExitName> {
  const changed = { count: 0, bytes: 0 };
  for await (const { offset, bytes } of diffImages(repository, from.id, to.id, { signal })) {
    changed.count += 1;
    changed.bytes += bytes;
    output.tell({ type: 'changed-range', offset, bytes }, () => `${offset} ${bytes}`);
    if (!(await output.caughtUp())) break;
  }
  const [fromBytes, toBytes] = [from, to].map(({ statistics }) => statistics.totalBytes) as [number, number];
  output.note({ type: 'summary', verb: 'diff', from: from.id, to: to.id, changed, fromBytes, toBytes }, () =>
    `# ${formatCount(changed.count, 'range')} changed (${formatBytes(changed.bytes)}) of ${formatBytes(toBytes)}${fromBytes === toBytes ? '' : `; it was ${formatBytes(fromBytes)} before`}`);
  return 'done';
}

/** Tells each change on its way, no faster than the reader takes them. */
async function* told(changes: AsyncIterable<TreeChange>, { output }: VerbContext): AsyncGenerator<TreeChange> {
  for await (const change of changes) {
    const { path, displayPath, change: kind, type, what, bytes } = change;
    output.tell({ type: 'change', change: kind, path: displayPath, pathBase64: Buffer.from(path).toString('base64'), entryType: type, what, bytes }, () => `${markOf(change)}  ${displayPath}${type === 'directory' ? '/' : ''}`);
    yield change;
    if (!(await output.caughtUp())) return;
  }
}

function markOf({ change, what }: TreeChange): string {
  if (change === 'changed') return what.includes('content') ? 'M' : 'U';
  return change === 'added' ? '+' : '-';
}

function describeSummary({ added, removed, changed }: ChangeSummary): string {
  return [
    `${formatCount(added.count, 'item')} added (${formatBytes(added.bytes)})`,
    `${removed.count.toLocaleString('en-US')} removed (${formatBytes(removed.bytes)})`,
    `${changed.count.toLocaleString('en-US')} changed (${formatBytes(changed.bytes)})`,
  ].join(', ');
}
