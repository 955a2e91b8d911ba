import { constants, openSync } from 'node:fs';

/**
 * Creates an empty file for writing and answers with its descriptor.
 *
 * @param path not followed when its last component is a symlink
 * @throws system errors; `EEXIST` when the name is taken
 */
export function createFile(path: Buffer, mode: number): number {
  return openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, mode);
}
