import { open, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RecoveryError } from '@winre-kit/sdk';
import { filesBySize } from './files-by-size.ts';

/** What a bad update did, in words for the timeline. */
export interface Damage {
  readonly changed: readonly string[];
  readonly deleted: readonly string[];
  readonly added: readonly string[];
  /** One bit of one byte, with size and modification time kept: only reading the bytes finds it. */
  readonly flipped: { readonly path: string; readonly offset: number };
}

/** Breaks a volume as a bad update would: the two files to change and to delete are the largest code files, so that nothing boots. */
export async function applyBadUpdate(volume: string): Promise<Damage> {
  const files = await filesBySize(volume);
  const [largest, second, third] = files;
  if (!largest || !second || !third) throw new RecoveryError('invalid-argument', `${volume}: a volume of at least three files is needed to break it`);
  const flipped = { path: largest.path, offset: Math.floor(largest.bytes / 3) };
  await flipByte(join(volume, flipped.path), flipped.offset);
  await writeFile(join(volume, second.path), '// update 2026-11 was interrupted here\nthrow new Error("INACCESSIBLE_BOOT_DEVICE");\n');
  await rm(join(volume, third.path));
  const added = ['update.log', 'staged.driver'];
  await writeFile(join(volume, 'update.log'), 'installing…\nfailed at 61 %\n');
  await writeFile(join(volume, 'staged.driver'), new Uint8Array(100_000).fill(0xcd));
  return { changed: [second.path], deleted: [third.path], added, flipped };
}

async function flipByte(path: string, offset: number): Promise<void> {
  const before = await stat(path);
  const file = await open(path, 'r+');
  try {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, offset);
    buffer[0] = (buffer[0] ?? 0) ^ 0x01;
    await file.write(buffer, 0, 1, offset);
  } finally {
    await file.close();
  }
  await utimes(path, before.atime, before.mtime);
}
