import { chmodSync, chownSync, closeSync, ftruncateSync, linkSync, lstatSync, lutimesSync, mkdirSync, openSync, readdirSync, symlinkSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRepository, takeSnapshot, type Repository } from '../../src/index.ts';
import { seededBytes } from '../support/tree-operations.ts';

/** A repository in a folder, which threads can read, with one snapshot. */
export async function snapshotInFolder(path: string, volume: string, compression: 'none' | 'zstd' = 'zstd'): Promise<{ readonly repository: Repository; readonly id: string }> {
  const repository = await createRepository({ path, profile: 'small', compression });
  const { record } = await takeSnapshot(repository, { kind: 'directory', path: volume }, { workers: 0 });
  return { repository, id: record.id };
}

/** Writes a file and the directories above it. */
export function put(root: string, path: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), bytes);
}

const isRoot = process.getuid?.() === 0;

/** Everything that a restore has to tell apart: sizes around the bounds of units, holes, modes, owners, times, links, deep, many and closed directories. */
export function writeTreeToRestore(root: string): void {
  for (let file = 0; file < 540; file++) put(root, `flat/name-${file}`, file % 5 === 0 ? '' : seededBytes(file, 20 * file));
  for (let folder = 0; folder < 110; folder++) for (let file = 0; file < 2; file++) put(root, `bushy/folder-${folder % 9}/sub-${folder}/file-${file}`, seededBytes(1_000 + folder + file, 50 * folder));
  for (let depth = 0, path = 'chain'; depth < 40; depth++, path += `/d${depth}`) put(root, `${path}/file`, `at ${depth}`);
  // Larger than a unit, and many more chunks than stand in an entry.
  put(root, 'large/dense', seededBytes(7, 8_500_000));
  put(root, 'large/medium', seededBytes(8, 1_200_000));
  putSparse(join(root, 'large/holes'), 3_000_000);
  putSparse(join(root, 'large/mostly-a-hole'), 9_000_000);
  for (const [index, mode] of [0o000, 0o444, 0o640, 0o4755, 0o2711, 0o6777, 0o100].entries()) {
    for (const name of ['first', 'second']) {
      put(root, `modes/${name}-${index}`, `mode ${mode.toString(8)}`);
      if (isRoot) chownSync(join(root, `modes/${name}-${index}`), name === 'first' ? 0 : 1_234, index % 2 === 0 ? 0 : 5_678);
      chmodSync(join(root, `modes/${name}-${index}`), mode);
    }
  }
  put(root, 'times/before-1970', 'old');
  utimesSync(join(root, 'times/before-1970'), '-86400.25', '-86400.25');
  put(root, 'times/far', 'far');
  utimesSync(join(root, 'times/far'), 4_000_000_000, 4_000_000_000);
  linkSync(join(root, 'flat/name-3'), join(root, 'flat/name-3-again'));
  linkSync(join(root, 'flat/name-3'), join(root, 'bushy/linked'));
  linkSync(join(root, 'large/dense'), join(root, 'z-linked'));
  symlinkSync('../flat/name-1', join(root, 'bushy/symlink'));
  symlinkSync('nowhere', join(root, 'flat/dangling'));
  put(root, 'at-the-top', 'top');
  mkdirSync(join(root, 'empty/in-empty'), { recursive: true });
  for (const [index, mode] of [0o500, 0o555, 0o2755, 0o1777, 0o700].entries()) {
    put(root, `closed/mode-${index}/inside/file`, 'x');
    lutimesSync(join(root, `closed/mode-${index}/inside`), 1_500_000_000 + index, 1_500_000_000 + index);
    chmodSync(join(root, `closed/mode-${index}/inside`), mode);
    chmodSync(join(root, `closed/mode-${index}`), mode);
  }
}

function putSparse(path: string, bytes: number): void {
  const descriptor = openSync(path, 'w');
  ftruncateSync(descriptor, bytes);
  writeSync(descriptor, seededBytes(3, 10_000), 0, 10_000, 1_500_000);
  closeSync(descriptor);
}

/** Owner and room of everything below a directory, sorted; room of regular files alone is the file system's to decide for the rest. */
export function ownersAndRoom(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).toSorted().map((path) => {
    const stats = lstatSync(join(root, path));
    return `${path} ${stats.uid}:${stats.gid} ${stats.isFile() ? stats.blocks : ''}`;
  });
}
