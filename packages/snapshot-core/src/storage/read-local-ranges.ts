import { closeSync, openSync, readSync } from 'node:fs';
import { localFilePath } from './local-file-path.ts';
import type { FileKind } from './storage.ts';

/** A part of a file. */
export interface FileRange {
  readonly offset: number;
  readonly lengthBytes: number;
}

/**
 * Reads parts of a file of a local repository while the thread waits: for small parts in loops where a promise costs more than the read.
 *
 * @returns the parts, owned by the caller, or `undefined` when the file is not there, ends earlier, or cannot be read
 */
export function readLocalRanges(root: string, kind: FileKind, name: string, ranges: readonly FileRange[]): Uint8Array[] | undefined {
  let file: number | undefined;
  try {
    const opened = (file = openSync(localFilePath(root, kind, name), 'r'));
    const parts = ranges.map((range) => readRange(opened, range));
    return parts.every((part) => part !== undefined) ? parts : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function readRange(file: number, { offset, lengthBytes }: FileRange): Uint8Array | undefined {
  const bytes = new Uint8Array(lengthBytes);
  let filled = 0;
  while (filled < lengthBytes) {
    const bytesRead = readSync(file, bytes, filled, lengthBytes - filled, offset + filled);
    if (bytesRead === 0) return undefined;
    filled += bytesRead;
  }
  return bytes;
}
