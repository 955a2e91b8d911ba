import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { bytesOfText } from '../../source/byte-text.ts';
import type { DirectoryHandle } from '../../source/directory-handle.ts';
import { systemErrorCode } from '../../source/system-error-code.ts';
import { countAsItWas, isTrusted } from './as-it-was.ts';
import { readFlags } from './open-listed-file.ts';
import type { ParentPages } from './parent-pages.ts';
import { regionFileBytes } from './read-file-content.ts';
import type { TakeContext } from './take-context.ts';

/**
 * Reads every byte of a small file that is the parent's by its metadata, and counts it when it is the parent's by its content too. Nothing is left to
 * look at then: what was read is the version that the parent has, and that was read in peace. A file without extended attributes
 * is not asked for them again, because getting one would show in its time of change; one that has some is left to the careful way, as is
 * everything else that is not just as it was.
 */
export function isContentAsItWas(context: TakeContext, directory: DirectoryHandle, name: string, { cursor }: ParentPages): boolean {
  if (cursor === undefined || cursor.hasAttributes) return false;
  try {
    const descriptor = openSync(directory.pathOf(bytesOfText(name)), readFlags);
    try {
      const stats = fstatSync(descriptor);
      if (stats.size >= regionFileBytes || !isTrusted(context, stats, cursor)) return false;
      const { kernels: { bytes, dataStart }, identity } = context.tools;
      const end = dataStart + readInto(descriptor, bytes, dataStart, stats.size);
      context.tally.bytesRead += end - dataStart;
      context.budget.spendBytes(end - dataStart);
      let at = dataStart;
      const isSame = cursor.everyContent((id, lengthBytes) => {
        at += lengthBytes;
        return at <= end && identity.identify(bytes.subarray(at - lengthBytes, at)) === id;
      });
      if (!isSame || at !== end) return false;
      countAsItWas(context, stats.size, cursor);
      return true;
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return false;
  }
}

/** Reads so many bytes from the start, fewer when the file ends earlier. @returns how many. @throws system errors */
function readInto(descriptor: number, into: Uint8Array, start: number, length: number): number {
  let done = 0;
  while (done < length) {
    const bytesRead = readSync(descriptor, into, start + done, length - done, done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}
