import { Buffer } from 'node:buffer';
import { closeSync, constants, existsSync, fstatSync, fsync, lstatSync, openSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { encodeWtf8 } from '../format/wtf8.ts';
import { compareNames } from './byte-path.ts';
import { textOfBytes } from './byte-text.ts';
import { factsFromStats, sameFile } from './file-facts.ts';
import type { FileFacts, FileId } from './file-facts.ts';

/**
 * One directory held open, so that names are resolved beneath it and nowhere else.
 *
 * Node has no `openat`. On Linux the paths go through `/proc/self/fd/N/name`, which means the same: whoever swaps a
 * parent for a symlink meanwhile gains nothing. Elsewhere the full path is used after checking that the directory is a
 * real one and still the same; there the tree must belong to one owner alone while we work on it.
 */
export interface DirectoryHandle {
  /** As they were when the directory was opened. */
  readonly facts: FileFacts;
  /** A path for `node:fs` calls on the directory itself. */
  readonly self: Buffer;
  /** For other threads, as long as it is open. */
  readonly link: DirectoryLink;
  /**
   * A path for `node:fs` calls on a name in this directory; the caller must not follow its last component.
   *
   * @throws a system error `EBADF` once the directory is closed: its descriptor may stand for another one by then
   */
  pathOf(name: Uint8Array): Buffer;
  /** Where it lay when it was opened, by its names, as byte text ending in a slash: for looks whose answer proves itself, because names may be swapped at any time. */
  readonly plainPrefix: string;
  /** Names in the directory, sorted bytewise. */
  names(): Uint8Array[];
  /** The same as byte text, with what the directory itself says of them. */
  entries(): ListedName[];
  /** Opens a directory in this one; a symlink is refused with `ENOTDIR` or `ELOOP`. The caller closes it. */
  openChild(name: Uint8Array): DirectoryHandle;
  /** Makes created, renamed and removed names durable; does nothing where the system cannot. */
  sync(): Promise<void>;
  /** Closing twice does nothing. */
  close(): void;
}

/** How another thread of this process reaches a directory that is held open here; structured-cloneable. */
export type DirectoryLink = { readonly descriptor: number } | ({ readonly path: Uint8Array } & FileId);

/** A name as a directory lists it. */
export interface ListedName {
  /** Byte text: each character is one byte. */
  readonly name: string;
  /** It was a regular file when it was listed, as far as the file system tells that. */
  readonly isFile: boolean;
}

/** Opens a tree's root. Here alone a symlink is followed, because it was the caller who named it. The caller closes it. */
export function openDirectory(path: string | Uint8Array): DirectoryHandle {
  const bytes = Buffer.from(typeof path === 'string' ? encodeWtf8(path) : path);
  return process.platform === 'linux' && existsSync('/proc/self/fd') ? openByDescriptor(bytes, 0, plainPathOf) : openByPath(bytes, statSync);
}

/**
 * Paths for `node:fs` calls on names in a directory that another thread holds open, as `DirectoryHandle.pathOf` gives them. Whoever
 * holds it must not close it meanwhile: its descriptor may stand for another one then.
 */
export function pathsIn(link: DirectoryLink): (name: Uint8Array) => Buffer {
  if ('descriptor' in link) return pathsInDescriptor(link.descriptor);
  return pathsInPlace(Buffer.from(link.path.buffer, link.path.byteOffset, link.path.length), link, lstatSync);
}

function pathsInDescriptor(descriptor: number): (name: Uint8Array) => Buffer {
  const prefix = Buffer.from(`/proc/self/fd/${descriptor}/`);
  return (name) => {
    const joined = Buffer.allocUnsafe(prefix.length + name.length);
    joined.set(prefix);
    joined.set(name, prefix.length);
    return joined;
  };
}

function pathsInPlace(path: Buffer, id: FileId, look: typeof statSync | typeof lstatSync): (name: Uint8Array) => Buffer {
  const prefix = Buffer.concat([path, Buffer.from('/')]);
  return (name) => {
    if (!sameFile(id, factsFromStats(look(path, { bigint: true })))) throw systemError('ENOENT', path);
    return Buffer.concat([prefix, name]);
  };
}

function openByDescriptor(path: Buffer, extraFlags: number, findPlainPath: (self: Buffer) => string): DirectoryHandle {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | extraFlags);
  const self = Buffer.from(`/proc/self/fd/${descriptor}`);
  const joinedPath = pathsInDescriptor(descriptor);
  const plainPrefix = `${findPlainPath(self)}/`;
  let open = true;
  const pathOf = (name: Uint8Array) => {
    if (!open) throw systemError('EBADF', path);
    return joinedPath(name);
  };
  return {
    facts: factsFromStats(fstatSync(descriptor, { bigint: true })),
    self,
    link: { descriptor },
    pathOf,
    plainPrefix,
    names: () => sortedNames(self),
    entries: () => sortedEntries(self),
    openChild: (name) => openByDescriptor(pathOf(name), constants.O_NOFOLLOW, () => plainPrefix + textOfBytes(name)),
    sync: () => syncDescriptor(descriptor),
    close() {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}

function openByPath(path: Buffer, look: typeof statSync | typeof lstatSync): DirectoryHandle {
  const facts = factsFromStats(look(path, { bigint: true }));
  if (facts.type !== 'directory') throw systemError('ENOTDIR', path);
  const pathOf = pathsInPlace(path, facts, look);
  return {
    facts,
    self: path,
    link: { path, device: facts.device, inode: facts.inode },
    pathOf,
    plainPrefix: `${path.toString('latin1')}/`,
    names: () => sortedNames(path),
    entries: () => sortedEntries(path),
    openChild: (name) => openByPath(pathOf(name), lstatSync),
    async sync() {
      if (process.platform === 'win32') return;
      const descriptor = openSync(path, constants.O_RDONLY);
      await syncDescriptor(descriptor).finally(() => closeSync(descriptor));
    },
    close() {},
  };
}

const syncDescriptor = promisify(fsync);

function sortedNames(path: Buffer): Uint8Array[] {
  return readdirSync(path, { encoding: 'buffer' }).toSorted(compareNames);
}

function sortedEntries(path: Buffer): ListedName[] {
  return listTyped(path).toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

function listTyped(path: Buffer): ListedName[] {
  try {
    return readdirSync(path, { encoding: 'latin1', withFileTypes: true }).map((entry) => ({ name: entry.name, isFile: entry.isFile() }));
  } catch (error) {
    // Of a file system that does not tell types in its listings Node looks at each name itself, which it cannot where the path is bytes and the names are text.
    if (!(error instanceof TypeError && 'code' in error && error.code === 'ERR_INVALID_ARG_TYPE')) throw error;
    return readdirSync(path, { encoding: 'latin1' }).map((name) => ({ name, isFile: false }));
  }
}

/** What a descriptor's link says. */
function plainPathOf(self: Buffer): string {
  return readlinkSync(self, { encoding: 'latin1' });
}

function systemError(code: string, path: Buffer): TypeError {
  return Object.assign(new TypeError(`${code}: not the directory it was: ${path.toString()}`), { code });
}
