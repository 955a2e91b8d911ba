import { createHash } from 'node:crypto';
import { closeSync, constants, openSync, readlinkSync } from 'node:fs';
import { displayPath, joinPath } from '../source/byte-path.ts';
import { openDirectory } from '../source/directory-handle.ts';
import type { DirectoryHandle } from '../source/directory-handle.ts';
import { fileIdKey } from '../source/file-facts.ts';
import type { FileId, FileType } from '../source/file-facts.ts';
import { listDirectory } from '../source/list-directory.ts';
import { flattenSteps, Inside, type Nested } from '../source/nested-steps.ts';
import { createPacer } from '../source/pacer.ts';
import type { Pacer } from '../source/pacer.ts';
import { readFilePieces } from '../source/read-pieces.ts';

/** One line of a manifest. */
export interface ManifestEntry {
  /** Relative, names joined by `/`, as bytes; empty for the root. */
  readonly path: Uint8Array;
  /** The same, safe to print. */
  readonly displayPath: string;
  readonly type: FileType;
  readonly mode: number;
  /** Bytes of a file or of a symlink's target; 0 otherwise. */
  readonly size: number;
  /** Of the file's bytes or the symlink's target, hexadecimal; empty otherwise. */
  readonly sha256: string;
  readonly modifiedMicros: bigint;
}

/**
 * Lists a directory with everything in it, read from disk and hashed with plain SHA-256, depth first, sorted bytewise.
 *
 * Independent of repository and chunks, so that it can bear witness for both. Symlinks are not followed.
 *
 * @param options `exclude`: files and directories to leave out, by id
 * @throws system errors when something cannot be read: a manifest with holes proves nothing
 */
export async function* manifestOf(directory: string, options: { readonly exclude?: readonly FileId[]; readonly signal?: AbortSignal } = {}): AsyncGenerator<ManifestEntry> {
  const root = openDirectory(directory);
  try {
    const { mode, modifiedMicros } = root.facts;
    yield { path: new Uint8Array(0), displayPath: '', type: 'directory', mode, size: 0, sha256: '', modifiedMicros };
    yield* flattenSteps(manifestOfHandle(root, new Uint8Array(0), new Set((options.exclude ?? []).map(fileIdKey)), createPacer(options.signal)));
  } finally {
    root.close();
  }
}

async function* manifestOfHandle(directory: DirectoryHandle, parent: Uint8Array, excluded: ReadonlySet<string>, pacer: Pacer): Nested<ManifestEntry> {
  for (const { name, facts } of listDirectory(directory)) {
    await pacer.step();
    if (excluded.has(fileIdKey(facts))) continue;
    const path = joinPath(parent, name);
    const { type, mode, modifiedMicros } = facts;
    const content = type === 'file' ? await hashFile(directory.pathOf(name), pacer) : type === 'symlink' ? hashLink(directory.pathOf(name)) : { size: 0, sha256: '' };
    yield { path, displayPath: displayPath(path), type, mode, ...content, modifiedMicros };
    if (type !== 'directory') continue;
    const child = directory.openChild(name);
    try {
      yield new Inside(manifestOfHandle(child, path, excluded, pacer));
    } finally {
      child.close();
    }
  }
}

async function hashFile(path: Buffer, pacer: Pacer): Promise<{ size: number; sha256: string }> {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const hash = createHash('sha256');
    let size = 0;
    for await (const piece of readFilePieces(descriptor, Number.MAX_SAFE_INTEGER)) {
      await pacer.step();
      hash.update(piece);
      size += piece.length;
    }
    return { size, sha256: hash.digest('hex') };
  } finally {
    closeSync(descriptor);
  }
}

function hashLink(path: Buffer): { size: number; sha256: string } {
  const target = readlinkSync(path, { encoding: 'buffer' });
  return { size: target.length, sha256: createHash('sha256').update(target).digest('hex') };
}
