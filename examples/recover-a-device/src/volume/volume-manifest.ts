import { writeFile } from 'node:fs/promises';
import { manifestOf } from '@winre-kit/snapshot-core';

/** Every path of a volume with type, mode, size and SHA-256, read from disk. Times are left out: opening a program may touch them. */
export async function readManifest(volume: string): Promise<ReadonlyMap<string, string>> {
  const manifest = new Map<string, string>();
  for await (const { displayPath, type, mode, size, sha256 } of manifestOf(volume)) manifest.set(displayPath, `${type} ${mode.toString(8)} ${size} ${sha256}`);
  return manifest;
}

/** Paths that differ between two manifests, sorted. */
export function differingPaths(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((path) => a.get(path) !== b.get(path)).toSorted();
}

/** Writes the digests of all files in the form of `sha256sum`, for volumes that have no program to boot. */
export async function writeDigests(volume: string, file: string): Promise<void> {
  const lines: string[] = [];
  for await (const { displayPath, type, sha256 } of manifestOf(volume)) if (type === 'file') lines.push(`${sha256}  ${displayPath}\n`);
  await writeFile(file, lines.join(''));
}
