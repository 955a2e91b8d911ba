import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The module that worker threads load, or `undefined` where a bundler left it behind: everything then runs on the calling thread.
 *
 * From source it lies in the folder beside this one; in the built package this file was merged into a chunk in the root of `dist`.
 */
export function findWorkerEntry(from: string = import.meta.url): URL | undefined {
  const places = from.endsWith('.ts') ? ['../worker-entry/main.ts'] : ['./worker-entry/main.js', '../worker-entry/main.js'];
  if (!from.startsWith('file:')) return undefined;
  return places.map((place) => new URL(place, from)).find((url) => existsSync(fileURLToPath(url)));
}
