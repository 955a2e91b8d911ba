import { splitPath } from './byte-path.ts';
import type { DirectoryHandle } from './directory-handle.ts';

/** Runs `work` with the directory that holds a path beneath `root`, resolving every step without following symlinks. */
export async function withParentOf<T>(root: DirectoryHandle, path: Uint8Array, work: (directory: DirectoryHandle, name: Uint8Array) => T | Promise<T>): Promise<T> {
  const names = splitPath(path);
  const name = names.pop() ?? new Uint8Array(0);
  return openSteps(root, names, (directory) => work(directory, name));
}

/** Runs `work` with the directory at a path beneath `root`, resolving every step without following symlinks. The empty path is the root itself. */
export function withDirectory<T>(root: DirectoryHandle, path: Uint8Array, work: (directory: DirectoryHandle) => T | Promise<T>): Promise<T> {
  return openSteps(root, splitPath(path), work);
}

async function openSteps<T>(root: DirectoryHandle, names: readonly Uint8Array[], work: (directory: DirectoryHandle) => T | Promise<T>): Promise<T> {
  const opened: DirectoryHandle[] = [];
  try {
    let directory = root;
    for (const step of names) {
      directory = directory.openChild(step);
      opened.push(directory);
    }
    return await work(directory);
  } finally {
    for (const directory of opened.toReversed()) directory.close();
  }
}
