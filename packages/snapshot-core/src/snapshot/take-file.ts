import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { ContentTable, FileEntry, TreeEntry } from '../format/tree-entry.ts';
import { factsFromStats, fileIdKey, sameFile, sameVersion } from '../source/file-facts.ts';
import type { FileFacts } from '../source/file-facts.ts';
import { lookAt } from '../source/list-directory.ts';
import type { PresentEntry } from '../source/list-directory.ts';
import { readAttributes } from '../source/read-attributes.ts';
import type { ReadAttributes } from '../source/read-attributes.ts';
import { readFilePieces } from '../source/read-pieces.ts';
import { countStored } from './count-stored.ts';
import { hasZeroBlock } from './non-zero-runs.ts';
import { storeContent } from './store-content.ts';
import { reportAttributeProblems, takeAttributes } from './take-attributes.ts';
import type { TakeContext } from './take-context.ts';
import { entryFacts } from './entry-facts.ts';

/** A write this soon before the reading may be followed by another one with the same time stamp: file times are coarse. */
const settleMs = 2_000;

/**
 * Makes the entry of one regular file: from its parent's when nothing changed, else by reading it.
 *
 * A file is compared before and after it is read, and read once more when it changed meanwhile. A second change makes it
 * torn: kept, and said so. `undefined` when it vanished.
 *
 * @throws system errors of opening and reading, for the caller to report
 */
export async function takeFile(context: TakeContext, present: PresentEntry, path: Uint8Array, parent: TreeEntry | undefined): Promise<FileEntry | undefined> {
  const { tally, linked } = context;
  const known = present.facts.linkCount > 1 ? linked.get(fileIdKey(present.facts)) : undefined;
  if (known !== undefined && isUnchanged(known, present.facts)) {
    tally.hardLinks += 1;
    return { ...known, name: present.name };
  }
  const before = parent?.type === 'file' ? parent : undefined;
  const entry = (await reuseParent(context, present, path, before)) ?? (await readFile(context, present, path, before));
  if (entry !== undefined) {
    tally.totalBytes += entry.size;
    if (entry.linkCount > 1) linked.set(fileIdKey(entry), entry);
  }
  return entry;
}

async function reuseParent(context: TakeContext, present: PresentEntry, path: Uint8Array, parent: FileEntry | undefined): Promise<FileEntry | undefined> {
  if (parent === undefined || context.verifyAll || parent.torn || !parent.settled || !isUnchanged(parent, present.facts)) return undefined;
  const chunkCount = await countStored(context.repository, parent.content, context.options);
  if (chunkCount === undefined) return undefined;
  context.tally.files.unmodified += 1;
  context.tally.chunkCount += chunkCount;
  context.tally.bytesReused += parent.size;
  const known = { ...parent, ...entryFacts(present.name, present.facts), size: parent.size };
  // A change of extended attributes shows in the time of change; but an earlier run may not have been able to see them.
  return parent.attributes?.complete === true ? known : { ...known, ...takeAttributes(context, present.directory.pathOf(present.name), path) };
}

function isUnchanged(entry: FileEntry, facts: FileFacts): boolean {
  return entry.size === facts.bytes && entry.modifiedMicros === facts.modifiedMicros && entry.changedNanos === facts.changedNanos && sameFile(entry, facts);
}

async function readFile(context: TakeContext, present: PresentEntry, path: Uint8Array, parent: FileEntry | undefined): Promise<FileEntry | undefined> {
  const first = await readOnce(context, present);
  const last = first === undefined || first.entry.torn ? await readOnce(context, present) : first;
  if (last === undefined) return undefined;
  reportAttributeProblems(context, last.read, path);
  const { files } = context.tally;
  context.tally.chunkCount += last.chunkCount;
  if (last.entry.torn) files.torn += 1;
  else if (parent === undefined) files.new += 1;
  else if (sameContent(parent.content, last.entry.content)) files.unmodified += 1;
  else files.changed += 1;
  return last.entry;
}

function sameContent(left: ContentTable, right: ContentTable): boolean {
  return left.level === right.level && left.references.length === right.references.length
    && left.references.every(({ id }, index) => id === right.references[index]?.id);
}

async function readOnce(context: TakeContext, present: PresentEntry): Promise<{ entry: FileEntry; chunkCount: number; read: ReadAttributes } | undefined> {
  const startedMs = context.nowMs();
  // O_NONBLOCK: had a fifo taken the file's place, opening it must not wait for a writer.
  const descriptor = openSync(present.directory.pathOf(present.name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const before = factsFromStats(fstatSync(descriptor, { bigint: true }));
    if (before.type !== 'file') return undefined;
    // Node cannot ask where the holes are: a file that takes less room than it has bytes, and has blocks of zeros, is taken for sparse.
    const holes = { mayBe: before.allocatedBytes < before.bytes, found: false };
    const stored = await storeContent(context, watchForHoles(readFilePieces(descriptor, before.bytes), holes));
    const read = readAttributes(context.attributes, present.directory.pathOf(present.name));
    const after = factsFromStats(fstatSync(descriptor, { bigint: true }));
    const named = lookAt(present.directory, present.name);
    const torn = stored.bytes !== before.bytes || !sameVersion(before, after) || named === undefined || !sameFile(before, named);
    const settled = Number(before.changedNanos / 1_000_000n) < startedMs - settleMs;
    const attributes = read.attributes === undefined ? {} : { attributes: read.attributes };
    const entry: FileEntry = { type: 'file', ...entryFacts(present.name, before), ...attributes, size: stored.bytes, torn, settled, sparse: holes.found, content: stored.content };
    return { entry, chunkCount: stored.chunkCount, read };
  } finally {
    closeSync(descriptor);
  }
}

async function* watchForHoles(pieces: AsyncIterable<Uint8Array>, holes: { readonly mayBe: boolean; found: boolean }): AsyncGenerator<Uint8Array> {
  let offset = 0;
  for await (const piece of pieces) {
    if (holes.mayBe && !holes.found) holes.found = hasZeroBlock(piece, offset);
    offset += piece.length;
    yield piece;
  }
}
