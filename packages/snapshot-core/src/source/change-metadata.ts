import { chmodSync, chownSync, closeSync, constants, fstatSync, lchownSync, lstatSync, lutimesSync, openSync, utimesSync } from 'node:fs';
import { displayPath } from './byte-path.ts';
import type { DirectoryHandle } from './directory-handle.ts';
import { noExtendedAttributes } from './extended-attributes.ts';
import type { ExtendedAttributes } from './extended-attributes.ts';
import { factsFromStats, sameFile } from './file-facts.ts';
import type { FileFacts, FileId } from './file-facts.ts';
import type { AttributeChange } from './plan-attribute-changes.ts';
import { systemErrorCode } from './system-error-code.ts';

/** What a target is to have. */
export type Metadata = Pick<FileFacts, 'mode' | 'userId' | 'groupId' | 'modifiedMicros'>;

/** Changes of extended attributes, and what carries them out. */
export interface AttributeWork {
  readonly port: ExtendedAttributes;
  readonly changes: readonly AttributeChange[];
}

const noWork: AttributeWork = { port: noExtendedAttributes, changes: [] };

/** Linux; Node does not name it. A descriptor that only names a file, so that even an unreadable one can be changed. */
const pathOnly = 0o10000000;

/**
 * Gives a name its owner, extended attributes, mode and modification time, without following a symlink, and only what differs
 * from `present`.
 *
 * Answers with the properties that the target refused; those are for the caller to report. `undefined` when the name stands for
 * another file than `present` by now: nothing more is changed then, because owner, set-id bits and capabilities on somebody else's
 * file give him rights. Extended attributes of a file are reached by its name alone, which is looked at before and after each of
 * them; without `/proc` that holds for everything, and only they are compared.
 */
export function changeMetadata(
  directory: DirectoryHandle, name: Uint8Array, type: 'file' | 'directory' | 'symlink', wanted: Metadata, present: Metadata & FileId, work: AttributeWork = noWork,
): string[] | undefined {
  const refused: string[] = [];
  const attempt = (what: string, change: () => void): void => {
    try {
      change();
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
      refused.push(what);
    }
  };
  const ownerDiffers = wanted.userId !== present.userId || wanted.groupId !== present.groupId;
  const seconds = toSeconds(wanted.modifiedMicros);
  return withoutFollowing(directory, name, (path, descriptor) => {
    if (descriptor !== undefined && !sameFile(factsFromStats(fstatSync(descriptor, { bigint: true })), present)) return undefined;
    /** @returns whether the name stood for what was meant all the time */
    const changeAttributes = (): boolean => {
      if (work.changes.length === 0) return true;
      const attributePath = type === 'directory' ? insideOf(path) : directory.pathOf(name);
      const isMeant = () => type === 'directory' || sameFile(factsFromStats(lstatSync(attributePath, { bigint: true })), present);
      for (const change of work.changes) {
        if (!isMeant()) return false;
        if (refused.includes('owner') && isCapability(change)) refused.push(nameOf(change));
        else attempt(nameOf(change), () => changeAttribute(work.port, attributePath, change));
      }
      return isMeant();
    };
    if (type === 'symlink') {
      // A descriptor's path leads to the symlink itself, and would be followed no further.
      const [chown, utimes] = descriptor === undefined ? [lchownSync, lutimesSync] : [chownSync, utimesSync];
      if (ownerDiffers) attempt('owner', () => chown(path, wanted.userId, wanted.groupId));
      if (!changeAttributes()) return undefined;
      if (wanted.modifiedMicros !== present.modifiedMicros) attempt('time', () => utimes(path, seconds, seconds));
      return refused;
    }
    // Changing the owner clears set-id bits, so the mode comes after it, and is set again even when it looked right.
    if (ownerDiffers) attempt('owner', () => chownSync(path, wanted.userId, wanted.groupId));
    // Attributes come after the owner, whose change drops capabilities, and before the mode, which an ACL changes and which may forbid writing.
    if (work.changes.length > 0 && type === 'file' && (present.mode & 0o600) !== 0o600) openUp(path, present.mode);
    if (!changeAttributes()) return undefined;
    // A file that could not be given to its owner must not keep set-id bits: they would now mean somebody else.
    const mode = refused.includes('owner') ? wanted.mode & 0o1777 : wanted.mode;
    if (ownerDiffers || work.changes.length > 0 || mode !== present.mode) attempt('mode', () => chmodSync(path, mode));
    if (wanted.modifiedMicros !== present.modifiedMicros) attempt('time', () => utimesSync(path, seconds, seconds));
    return refused;
  });
}

/** Sets permission bits of a file or directory without following a symlink. */
export function changeMode(directory: DirectoryHandle, name: Uint8Array, mode: number): void {
  withoutFollowing(directory, name, (path) => chmodSync(path, mode));
}

/**
 * Runs work with the path under which the extended attributes of a name are reached. Of a directory it is a path inside of it, so
 * that any bytes may be its name.
 *
 * @throws system errors when there is no such name
 */
export function withAttributePath<T>(directory: DirectoryHandle, name: Uint8Array, type: 'file' | 'directory' | 'symlink', work: (path: Buffer) => T): T {
  if (type !== 'directory') return work(directory.pathOf(name));
  return withoutFollowing(directory, name, (path) => work(insideOf(path)));
}

function insideOf(directoryPath: string | Buffer): Buffer {
  return Buffer.concat([Buffer.from(directoryPath), Buffer.from('/.')]);
}

function changeAttribute(port: ExtendedAttributes, path: Buffer, change: AttributeChange): void {
  if (change.change === 'set') port.set(path, change.name, change.value);
  else port.remove(path, change.name);
}

function nameOf({ name }: AttributeChange): string {
  return `extended attribute ${displayPath(name)}`;
}

/** A file of somebody else's must not run with privileges. */
function isCapability({ name }: AttributeChange): boolean {
  return Buffer.from(name).toString('latin1') === 'security.capability';
}

/** Its owner may change attributes of a file that he may write to. Whether it worked shows when they are changed. */
function openUp(path: string | Buffer, mode: number): void {
  try {
    chmodSync(path, mode | 0o600);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
  }
}

/** @param change gets a path of the file itself, and the descriptor that the path goes through, where there is one */
function withoutFollowing<T>(directory: DirectoryHandle, name: Uint8Array, change: (path: string | Buffer, descriptor?: number) => T): T {
  // Elsewhere there is no such descriptor; the caller has looked, and the tree belongs to one owner alone.
  if (!('descriptor' in directory.link)) return change(directory.pathOf(name));
  const descriptor = openSync(directory.pathOf(name), pathOnly | constants.O_NOFOLLOW);
  try {
    return change(`/proc/self/fd/${descriptor}`, descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Half a microsecond more, because Node passes a floating-point number on and the system rounds down. As text before 1970, because
 * Node takes a negative number for a mistake and sets the present time.
 */
export function toSeconds(micros: number | bigint): number | string {
  const seconds = (Number(micros) + 0.5) / 1e6;
  return seconds < 0 ? String(seconds) : seconds;
}
