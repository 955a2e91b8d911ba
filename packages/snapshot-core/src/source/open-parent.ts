import { splitPath } from './byte-path.ts';
import type { DirectoryHandle } from './directory-handle.ts';

/** Runs `work` with the directory that holds a path beneath `root`, resolving every step without following symlinks. */
export async function withParentOf<T>(root: DirectoryHandle, path: Uint8Array, work: (directory: DirectoryHandle, name: Uint8Array) => T | Promise<T>): Promise<T> {
  const names = splitPath(path);
  const name = names.pop() ?? new Uint8Array(0);
  const opened: DirectoryHandle[] = [];
  try {
    let directory = root;
    for (const step of names) {
      directory = directory.openChild(step);
      opened.push(directory);
    }
    return await work(directory, name);
  } finally {
    for (const directory of opened.toReversed()) directory.close();
  }
}
