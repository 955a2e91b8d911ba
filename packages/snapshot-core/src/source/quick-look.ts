import { lstatSync, type Stats } from 'node:fs';
import { pathOfText } from './byte-text.ts';
import type { DirectoryHandle } from './directory-handle.ts';
import { systemErrorCode } from './system-error-code.ts';

/** Looks at a name, given as byte text; `undefined` when a careful look is needed. */
export type QuickLook = (name: string) => Stats | undefined;

/**
 * Looks at names of one directory at half the price: by plain path, without going through the held descriptor, and without big integers.
 *
 * Somebody may swap a directory on the way for a symlink meanwhile, and what is seen then lies elsewhere. So the answer serves one purpose: to
 * recognize, by device, inode and time of change, a file that a snapshot knows already. Whatever is not recognized is looked at beneath the descriptor.
 */
export function createQuickLook(directory: DirectoryHandle): QuickLook {
  const prefix = directory.plainPrefix;
  return (name) => {
    try {
      return lstatSync(pathOfText(prefix + name), { throwIfNoEntry: false });
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
      return undefined;
    }
  };
}
