import { unlinkSync } from 'node:fs';
import { systemErrorCode } from '../../source/system-error-code.ts';

/** Removes a file that was begun. What cannot be removed is told by whoever finds the name taken. */
export function removeQuietly(path: Buffer): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
  }
}
