import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The regular files below a folder, largest first, equal ones by name. Paths are relative to the folder. */
export async function filesBySize(folder: string): Promise<{ path: string; bytes: number }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    entries.filter((entry) => entry.isFile()).map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path: path.slice(folder.length + 1), bytes: (await stat(path)).size };
    }),
  );
  return files.toSorted((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
}
