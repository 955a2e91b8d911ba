import { SnapshotError } from '../errors/snapshot-error.ts';
import { displayPath } from '../source/byte-path.ts';
import { systemErrorCode } from '../source/system-error-code.ts';

/** What will hit every other item as well, so that going on makes no sense. */
const fatalCodes = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'ENODEV', 'ENXIO', 'EMFILE', 'ENFILE']);

/** Whether a system code says that the whole target is concerned. */
export function isFatalWriteError(code: string): boolean {
  return fatalCodes.has(code);
}

/**
 * Sorts an error of writing one item: answers with its system code when only that item is concerned.
 *
 * @throws {SnapshotError} `target/write-failed` when the whole target is concerned
 * @throws the error itself when it is not the file system's
 */
export function itemErrorCode(error: unknown, path: Uint8Array): string {
  const code = systemErrorCode(error);
  if (code === undefined) throw error;
  if (isFatalWriteError(code))
    throw new SnapshotError('target/write-failed', `the target refused ${displayPath(path)}: ${code}; make room or repair it, then run this again`, { cause: error });
  return code;
}
