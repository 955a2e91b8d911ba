import { mkdirSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemErrorCode } from '../../source/system-error-code.ts';
import { syncFolder } from '../../storage/write-durably.ts';
import { isFatalWriteError } from '../fatal-write-error.ts';

/**
 * Makes a directory and those above it that are missing, durably.
 *
 * @returns whether it was missing
 * @throws system errors
 */
export async function makeTarget(path: string): Promise<boolean> {
  const first = mkdirSync(path, { recursive: true });
  if (first === undefined) return false;
  const outermost = dirname(realpathSync(first));
  for (let at = dirname(realpathSync(path)); ; at = dirname(at)) {
    await syncNames(at);
    if (at === outermost || at === dirname(at)) return true;
  }
}

/** Does nothing where it cannot be had: a folder that may be written to and not be read cannot be opened for it. */
async function syncNames(folder: string): Promise<void> {
  try {
    await syncFolder(folder);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined || isFatalWriteError(code)) throw error;
  }
}
