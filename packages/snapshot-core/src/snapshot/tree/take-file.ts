import { closeSync, fstatSync, openSync } from 'node:fs';
import type { ContentTable, FileEntry, TreeEntry } from '../../format/tree-entry.ts';
import type { DirectoryHandle } from '../../source/directory-handle.ts';
import { factsFromStats, fileIdKey, sameFile, sameVersion } from '../../source/file-facts.ts';
import type { FileFacts } from '../../source/file-facts.ts';
import { lookAt } from '../../source/list-directory.ts';
import { readAttributes } from '../../source/read-attributes.ts';
import type { ReadAttributes } from '../../source/read-attributes.ts';
import { countStored } from '../count-stored.ts';
import { entryFacts } from '../entry-facts.ts';
import { describeLinkedFile, type FileChange } from './linked-file.ts';
import { readFlags, type OpenedEntry } from './open-listed-file.ts';
import { readFileContent } from './read-file-content.ts';
import { reportAttributeProblems, takeAttributes } from './take-attributes.ts';
import type { TakeContext } from './take-context.ts';

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
export async function takeFile(context: TakeContext, present: OpenedEntry, path: Uint8Array, parent: TreeEntry | undefined): Promise<FileEntry | undefined> {
  const { tally, linked } = context;
  const known = present.facts.linkCount > 1 ? linked.get(fileIdKey(present.facts)) : undefined;
  if (known !== undefined && isUnchanged(known, present.facts)) {
    tally.hardLinks += 1;
    return { ...known, name: present.name };
  }
  const before = parent?.type === 'file' ? parent : undefined;
  const reused = before === undefined ? undefined : await reuseParent(context, present, path, before);
  const taken = reused ?? (await readFile(context, present, path, before));
  if (taken === undefined) return undefined;
  const { entry, change, chunkCount } = taken;
  tally.files[change] += 1;
  tally.totalBytes += entry.size;
  tally.chunkCount += chunkCount;
  if (entry.linkCount > 1) {
    linked.set(fileIdKey(entry), entry);
    context.linkedFiles.push(describeLinkedFile(path, entry, change, chunkCount));
  }
  return entry;
}

/** An entry, and how it counts. */
interface TakenFile {
  readonly entry: FileEntry;
  readonly change: FileChange;
  readonly chunkCount: number;
}

async function reuseParent(context: TakeContext, present: OpenedEntry, path: Uint8Array, parent: FileEntry): Promise<TakenFile | undefined> {
  if (context.verifyAll || parent.torn || !parent.settled || !isUnchanged(parent, present.facts)) return undefined;
  const chunkCount = await countStored(context.objects, parent.content, {});
  if (chunkCount === undefined) return undefined;
  context.tally.bytesReused += parent.size;
  const known = { ...parent, ...entryFacts(present.name, present.facts), size: parent.size };
  // A change of extended attributes shows in the time of change; but an earlier run may not have been able to see them.
  const entry = parent.attributes?.complete === true ? known : { ...known, ...takeAttributes(context, present.directory.pathOf(present.name), path) };
  return { entry, change: 'unmodified', chunkCount };
}

function isUnchanged(entry: FileEntry, facts: FileFacts): boolean {
  return entry.size === facts.bytes && entry.modifiedMicros === facts.modifiedMicros && entry.changedNanos === facts.changedNanos && sameFile(entry, facts);
}

async function readFile(context: TakeContext, present: OpenedEntry, path: Uint8Array, parent: FileEntry | undefined): Promise<TakenFile | undefined> {
  const first = present.descriptor === undefined ? await readOnce(context, present, path, parent) : await readOpened(context, present, path, present.descriptor, present.facts, parent);
  const last = first === undefined || first.entry.torn ? await readOnce(context, present, path, parent) : first;
  if (last === undefined) return undefined;
  const { entry, chunkCount, read } = last;
  reportAttributeProblems(context, read, path);
  const change = entry.torn ? 'torn' : parent === undefined ? 'new' : sameContent(parent.content, entry.content) ? 'unmodified' : 'changed';
  return { entry, change, chunkCount };
}

function sameContent(left: ContentTable, right: ContentTable): boolean {
  return left.level === right.level && left.references.length === right.references.length
    && left.references.every(({ id }, index) => id === right.references[index]?.id);
}

interface ReadFile {
  readonly entry: FileEntry;
  readonly chunkCount: number;
  readonly read: ReadAttributes;
}

async function readOnce(context: TakeContext, present: OpenedEntry, path: Uint8Array, parent: FileEntry | undefined): Promise<ReadFile | undefined> {
  const descriptor = openSync(present.directory.pathOf(present.name), readFlags);
  try {
    const before = factsFromStats(fstatSync(descriptor, { bigint: true }));
    return before.type === 'file' ? await readOpened(context, present, path, descriptor, before, parent) : undefined;
  } finally {
    closeSync(descriptor);
  }
}

async function readOpened(
  context: TakeContext, { directory, name }: OpenedEntry, path: Uint8Array, descriptor: number, before: FileFacts, parent: FileEntry | undefined,
): Promise<ReadFile> {
  const startedMs = context.nowMs();
  const stored = await readFileContent(context, descriptor, path, before, parent);
  const read = readAttributes(context.attributes, directory.pathOf(name));
  const after = fstatSync(descriptor, { bigint: true });
  const torn = stored.bytes !== before.bytes || !sameVersion(before, after) || !isStillNamed(directory, name, before);
  const settled = Number(before.changedNanos / 1_000_000n) < startedMs - settleMs;
  const attributes = read.attributes === undefined ? {} : { attributes: read.attributes };
  const entry: FileEntry = { type: 'file', ...entryFacts(name, before), ...attributes, size: stored.bytes, torn, settled, sparse: stored.hasHoles, content: stored.content };
  return { entry, chunkCount: stored.chunkCount, read };
}

const isLinux = process.platform === 'linux';

/** On Linux a file whose name was taken away or given to another file has a new time of change, which was looked at already. */
function isStillNamed(directory: DirectoryHandle, name: Uint8Array, before: FileFacts): boolean {
  if (isLinux) return true;
  const named = lookAt(directory, name);
  return named !== undefined && sameFile(before, named);
}
