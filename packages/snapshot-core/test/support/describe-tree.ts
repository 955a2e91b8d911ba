import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { manifestOf } from '../../src/snapshot/manifest-of.ts';
import type { FileId } from '../../src/source/file-facts.ts';

/** Everything a rollback must bring back, one line per path: type, mode, size, hash, time, and who shares data with whom. */
export async function describeTree(directory: string, exclude: readonly FileId[] = []): Promise<string[]> {
  const lines: string[] = [];
  const groups = linkGroups(directory);
  for await (const { path, type, mode, size, sha256, modifiedMicros } of manifestOf(directory, { exclude })) {
    const hex = Buffer.from(path).toString('hex');
    lines.push([Buffer.from(path).toString('latin1'), type, type === 'symlink' ? '' : mode.toString(8), size, sha256, modifiedMicros, groups.get(hex) ?? ''].join(' '));
  }
  return lines;
}

/** The file id of a path, for `exclude`. */
export function fileIdOf(path: string): FileId {
  const { dev: device, ino: inode } = lstatSync(path, { bigint: true });
  return { device, inode };
}

/** For every file with several links (names of one symlink may part: it has no content to share): the first path of the same file. */
function linkGroups(root: string): Map<string, string> {
  const first = new Map<bigint, string>();
  const groups = new Map<string, string>();
  const visit = (directory: Buffer, prefix: Buffer): void => {
    for (const name of readdirSync(directory, { encoding: 'buffer' }).toSorted((left, right) => Buffer.compare(left, right))) {
      const path = Buffer.concat([directory, Buffer.from('/'), name]);
      const relative = prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]);
      const stats = lstatSync(path, { bigint: true });
      if (stats.isDirectory()) visit(path, relative);
      else if (stats.isFile() && stats.nlink > 1n) {
        const known = first.get(stats.ino) ?? relative.toString('hex');
        first.set(stats.ino, known);
        groups.set(relative.toString('hex'), known);
      }
    }
  };
  visit(Buffer.from(join(root)), Buffer.alloc(0));
  return groups;
}
