import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder of its own for one test, removed when disposed. */
export interface FixtureTree extends Disposable {
  readonly root: string;
}

/** Writes the given files, path to text, into a fresh temporary folder. */
export function makeFixtureTree(files: Readonly<Record<string, string>>): FixtureTree {
  const root = mkdtempSync(join(tmpdir(), 'winre-kit-tools-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true }) };
}

/** The text of a package manifest whose entries are `subpath → source file`. */
export function fixtureManifest(folder: string, entries: Readonly<Record<string, string>>): string {
  const exports = new Map(Object.entries(entries).map(([subpath, source]) => [subpath, { '@winre-kit/source': source, default: './dist/x.js' }]));
  return JSON.stringify({ name: `@winre-kit/${folder}`, type: 'module', exports: Object.fromEntries(exports) });
}
