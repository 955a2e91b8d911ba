import { joinPath } from './byte-path.ts';
import type { DirectoryHandle } from './directory-handle.ts';
import { listDirectory } from './list-directory.ts';
import { withDirectory } from './open-parent.ts';
import { systemErrorCode } from './system-error-code.ts';

/** Whether a tree has at least so many entries, or bytes in its files. Looks no further than it has to; what cannot be read does not count. */
export async function isLargeTree(root: DirectoryHandle, least: { readonly entries: number; readonly bytes: number }): Promise<boolean> {
  const waiting: Uint8Array[] = [new Uint8Array(0)];
  let entries = 0;
  let bytes = 0;
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const directoryPath = path;
    await withDirectory(root, directoryPath, (directory) => {
      for (const { name, facts } of listDirectory(directory)) {
        entries += 1;
        if (facts.type === 'file') bytes += facts.bytes;
        if (facts.type === 'directory' && facts.device === root.facts.device) waiting.push(joinPath(directoryPath, name));
        if (entries >= least.entries || bytes >= least.bytes) return;
      }
    }).catch((error: unknown) => {
      if (systemErrorCode(error) === undefined) throw error;
    });
    if (entries >= least.entries || bytes >= least.bytes) return true;
  }
  return false;
}
