import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const skippedFolders = new Set(['node_modules', 'dist', 'coverage']);

/**
 * TypeScript files below `folder`, as paths relative to `root` with `/`, sorted.
 * Build output, installed packages and hidden folders are not source. A missing folder holds no files.
 */
export function listSourceFiles(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((item) => {
      const path = `${folder}/${item.name}`;
      if (item.isDirectory()) return skippedFolders.has(item.name) || item.name.startsWith('.') ? [] : listSourceFiles(root, path);
      return /\.[cm]?tsx?$/.test(item.name) ? [path] : [];
    })
    .toSorted();
}
