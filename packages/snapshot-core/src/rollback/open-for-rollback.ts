import { changeMode } from '../source/change-metadata.ts';
import type { DirectoryHandle } from '../source/directory-handle.ts';
import { isGone, systemErrorCode } from '../source/system-error-code.ts';
import type { RollbackContext } from './rollback-context.ts';

/**
 * Opens a directory of the target. When the rollback may change things, a mode that shuts its owner out is opened up first;
 * the stored mode is set when the directory is done. `undefined` when it cannot be opened.
 */
export function openForRollback(context: RollbackContext, directory: DirectoryHandle, name: Uint8Array): DirectoryHandle | undefined {
  const open = (): DirectoryHandle | undefined => {
    try {
      return directory.openChild(name);
    } catch (error) {
      if (isGone(error) || ['EACCES', 'EPERM', 'ELOOP', 'EIO'].includes(systemErrorCode(error) ?? '')) return undefined;
      throw error;
    }
  };
  const first = open();
  if (!context.mayChange || (first !== undefined && (first.facts.mode & 0o700) === 0o700)) return first;
  try {
    changeMode(directory, name, 0o700);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return first;
  }
  first?.close();
  return open();
}
