import { chmodSync, chownSync, closeSync, constants, existsSync, lchownSync, lutimesSync, openSync, utimesSync } from 'node:fs';
import type { DirectoryHandle } from './directory-handle.ts';
import type { FileFacts } from './file-facts.ts';
import { systemErrorCode } from './system-error-code.ts';

/** What a target is to have. */
export type Metadata = Pick<FileFacts, 'mode' | 'userId' | 'groupId' | 'modifiedMicros'>;

/** Linux; Node does not name it. A descriptor that only names a file, so that even an unreadable one can be changed. */
const pathOnly = 0o10000000;

/**
 * Gives a name its owner, mode and modification time, without following a symlink, and only what differs from `present`.
 *
 * Answers with the properties that the target refused; those are for the caller to report.
 */
export function changeMetadata(directory: DirectoryHandle, name: Uint8Array, type: 'file' | 'directory' | 'symlink', wanted: Metadata, present: Metadata): string[] {
  const refused: string[] = [];
  const attempt = (what: string, change: () => void): boolean => {
    try {
      change();
      return true;
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
      refused.push(what);
      return false;
    }
  };
  const ownerDiffers = wanted.userId !== present.userId || wanted.groupId !== present.groupId;
  const seconds = toSeconds(wanted.modifiedMicros);
  if (type === 'symlink') {
    const path = directory.pathOf(name);
    if (ownerDiffers) attempt('owner', () => lchownSync(path, wanted.userId, wanted.groupId));
    if (wanted.modifiedMicros !== present.modifiedMicros) attempt('time', () => lutimesSync(path, seconds, seconds));
    return refused;
  }
  withoutFollowing(directory, name, (path) => {
    // Changing the owner clears set-id bits, so the mode comes after it, and is set again even when it looked right.
    if (ownerDiffers) attempt('owner', () => chownSync(path, wanted.userId, wanted.groupId));
    // A file that could not be given to its owner must not keep set-id bits: they would now mean somebody else.
    const mode = refused.includes('owner') ? wanted.mode & 0o1777 : wanted.mode;
    if (ownerDiffers || mode !== present.mode) attempt('mode', () => chmodSync(path, mode));
    if (wanted.modifiedMicros !== present.modifiedMicros) attempt('time', () => utimesSync(path, seconds, seconds));
  });
  return refused;
}

/** Sets permission bits of a file or directory without following a symlink. */
export function changeMode(directory: DirectoryHandle, name: Uint8Array, mode: number): void {
  withoutFollowing(directory, name, (path) => chmodSync(path, mode));
}

function withoutFollowing(directory: DirectoryHandle, name: Uint8Array, change: (path: string | Buffer) => void): void {
  // Elsewhere there is no such descriptor; the caller has looked, and the tree belongs to one owner alone.
  if (process.platform !== 'linux' || !existsSync('/proc/self/fd')) return change(directory.pathOf(name));
  const descriptor = openSync(directory.pathOf(name), pathOnly | constants.O_NOFOLLOW);
  try {
    change(`/proc/self/fd/${descriptor}`);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Half a microsecond more, because Node passes a floating-point number on and the system rounds down. As text, because Node
 * takes a negative number for a mistake and sets the present time.
 */
function toSeconds(micros: bigint): string {
  return String((Number(micros) + 0.5) / 1e6);
}
