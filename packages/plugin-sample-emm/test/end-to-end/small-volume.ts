import { createHash } from 'node:crypto';
import { cp, mkdir, open, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestOf } from '@winre-kit/snapshot-core';

/** Boots while its kernel is right. */
export const bootProgram = ['sh', 'boot.sh'] as const;
const folders = 12;
const filesPerFolder = 25;

/** About 300 files and 3 MB with a boot program of its own. */
export async function makeVolume(folder: string): Promise<void> {
  for (let index = 0; index < folders; index += 1) {
    const library = join(folder, 'system', `library-${index}`);
    await mkdir(library, { recursive: true });
    await Promise.all(Array.from({ length: filesPerFolder }, (_, file) => writeFile(join(library, `module-${file}`), contentOf(`${index}/${file}`, 2_000 + file * 400))));
  }
  await writeFile(join(folder, 'boot.sh'), 'test "$(head -c 4 kernel)" = good || { echo "kernel panic" >&2; exit 9; }\n');
  await writeFile(join(folder, 'kernel'), `good${contentOf('kernel', 900_000)}`);
  await writeFile(join(folder, 'page-file'), contentOf('page-file', 300_000));
  await symlink('system/library-0/module-0', join(folder, 'entry-point'));
}

/** What a bad update leaves: files changed, deleted, added, cut, one bit flipped, so that nothing boots. */
export async function breakVolume(folder: string): Promise<void> {
  await writeFile(join(folder, 'kernel'), contentOf('half an update', 500_000));
  for (let file = 0; file < filesPerFolder; file += 1) {
    await writeFile(join(folder, 'system/library-1', `module-${file}`), contentOf(`new ${file}`, 3_000));
    if (file % 2 === 0) await rm(join(folder, 'system/library-2', `module-${file}`));
    if (file % 3 === 0) await writeFile(join(folder, 'system/library-3', `update-${file}`), contentOf(`added ${file}`, 1_000));
  }
  await rm(join(folder, 'system/library-4'), { recursive: true });
  await mkdir(join(folder, 'staged/deep'), { recursive: true });
  await writeFile(join(folder, 'staged/deep/driver'), contentOf('driver', 50_000));
  await rm(join(folder, 'entry-point'));
  const pageFile = await open(join(folder, 'page-file'), 'r+');
  await pageFile.write(Buffer.from([0]), 0, 1, 150_001);
  await pageFile.close();
}

export async function copyFolder(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
}

/** Every path with type, mode, size and SHA-256, read from disk. */
export async function readManifest(folder: string): Promise<Record<string, string>> {
  const manifest: Record<string, string> = {};
  for await (const { displayPath, type, mode, size, sha256 } of manifestOf(folder)) manifest[displayPath] = `${type} ${mode.toString(8)} ${size} ${sha256}`;
  return manifest;
}

/** Bytes that do not compress into nothing and are the same in every run. */
function contentOf(seed: string, bytes: number): string {
  const block = createHash('sha512').update(seed).digest('hex');
  return `${block}\n`.repeat(Math.ceil(bytes / (block.length + 1))).slice(0, bytes);
}
