import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';

/** The private export condition that names an entry's source file. */
export const sourceCondition = '@winre-kit/source';

/** A package below `packages/`, or an example, with what its exports map offers. */
export interface WorkspacePackage {
  /** Folder name; of a package also its name in the list of floors. */
  readonly folder: string;
  readonly name: string;
  /** Export map key (`.`, `./host`) to source file, relative to the workspace root. */
  readonly entries: ReadonlyMap<string, string>;
}

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

/**
 * Reads every package manifest below `packages/`, or another area, sorted by folder. An example is run from its sources: its entries name them as they are.
 *
 * @throws {Error} when an entry has no source file: tests, types and docs would then need a build
 */
export function readWorkspace(root: string, area: 'packages' | 'examples' = 'packages'): WorkspacePackage[] {
  const folders = existsSync(join(root, area)) ? readdirSync(join(root, area)).toSorted() : [];
  return folders
    .filter((folder) => existsSync(join(root, area, folder, 'package.json')))
    .map((folder) => {
      const manifest = JSON.parse(readFileSync(join(root, area, folder, 'package.json'), 'utf8')) as Manifest;
      return { folder, name: manifest.name, entries: readEntries(posix.join(area, folder), manifest) };
    });
}

function readEntries(home: string, manifest: Manifest): Map<string, string> {
  const entries = new Map<string, string>();
  for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
    if (typeof target === 'string' && !target.endsWith('.ts')) continue;
    const source = typeof target === 'string' ? target : target[sourceCondition];
    if (source === undefined) throw new Error(`${manifest.name}: export "${subpath}" names no "${sourceCondition}" file; add it`);
    entries.set(subpath, posix.join(home, source));
  }
  return entries;
}
