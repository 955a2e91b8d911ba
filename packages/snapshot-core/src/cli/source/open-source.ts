import { lstat, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { SnapshotError, openFileVolume, type FileId, type SnapshotSource, type SnapshotSourceKind } from '../../index.ts';
import type { VerbContext } from '../verb.ts';
import { readChangedRanges } from './read-changed-ranges.ts';

/** How a source was named. */
export interface SourceFlags {
  readonly image?: boolean;
  readonly stdin?: boolean;
  /** Default `stdin`. */
  readonly stdinName?: string;
  readonly exclude?: readonly string[];
  readonly changedRanges?: string;
}

/** A source to take a snapshot of; dispose of it afterwards. */
export interface OpenedSource extends AsyncDisposable {
  readonly source: SnapshotSource;
  readonly kind: SnapshotSourceKind;
  /** As the snapshot's record will have it. */
  readonly description: string;
  /** Left out when only the end will tell. */
  readonly totalBytes?: number;
}

/**
 * Opens what `backup` was asked to take: a directory by its absolute path, an image, a block device, or standard input.
 *
 * @throws {SnapshotError} `argument/invalid` for what cannot be meant, `source/unreadable`
 */
export async function openSource({ surroundings, signal }: VerbContext, path: string | undefined, flags: SourceFlags): Promise<OpenedSource> {
  const { image = false, stdin = false, stdinName = 'stdin', exclude = [], changedRanges } = flags;
  if (stdin || path === '-') {
    if (image || exclude.length > 0 || changedRanges !== undefined || (path !== undefined && path !== '-')) throw refused('standard input goes with neither a path, --image, --exclude nor --changed-ranges');
    // Waiting for a silent producer must end at Ctrl-C, too.
    const stream = addAbortSignal(signal, surroundings.stdin);
    return { source: { kind: 'stream', description: stdinName, stream: stream as AsyncIterable<Uint8Array> }, kind: 'image', description: stdinName, [Symbol.asyncDispose]: async () => void stream.destroy() };
  }
  if (path === undefined) throw refused('nothing to back up is named; give a path, or - for standard input');
  const description = resolve(path);
  const facts = await stat(description).catch((cause: unknown) => {
    throw new SnapshotError('source/unreadable', `cannot look at ${description}; check the path and its permissions`, { cause });
  });
  if (facts.isDirectory()) {
    if (changedRanges !== undefined) throw refused('--changed-ranges goes with an image or a block device only');
    if (image) throw refused(`${description} is a directory, not an image; leave --image out`);
    const excluded = await Promise.all(exclude.map(fileIdOf));
    return { source: { kind: 'directory', path: description, exclude: excluded }, kind: 'tree', description, [Symbol.asyncDispose]: async () => {} };
  }
  if (exclude.length > 0) throw refused('--exclude goes with a directory only');
  if (!facts.isBlockDevice() && !image) throw refused(`${description} is a file; give --image to take it as a raw image, or name its directory`);
  const volume = await openFileVolume(description, { readOnly: true });
  return { source: { kind: 'volume', volume, ...(changedRanges !== undefined && { changedRanges: await readChangedRanges(changedRanges) }) }, kind: 'image', description, totalBytes: volume.bytes, [Symbol.asyncDispose]: () => volume.close() };
}

async function fileIdOf(path: string): Promise<FileId> {
  try {
    const { dev, ino } = await lstat(path, { bigint: true });
    return { device: dev, inode: ino };
  } catch (cause) {
    throw new SnapshotError('argument/invalid', `cannot look at ${path}, which --exclude names; check the path`, { cause });
  }
}

function refused(message: string): SnapshotError {
  return new SnapshotError('argument/invalid', message);
}
