import { closeSync, openSync, readSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchContext } from '../run/bench-context.ts';

const pieceBytes = 4 << 20;

/** Both versions of the image, a repository without compression, what is restored from it, and room to breathe. */
const imagesAtOnce = 4.3;

/** How Linux names a file system in memory. */
const tmpfsType = 0x0102_1994;
/** For the programs themselves. */
const spareBytes = 1 << 30;

/**
 * Touches as much memory as the run will need, once: a virtual machine gets its memory at the first touch, which is slow
 * and would be paid by whoever comes first.
 *
 * @throws {Error} when the folder has not enough room
 */
export function warmMemory(context: BenchContext): void {
  const wanted = Math.ceil(context.scale.imageBytes * imagesAtOnce);
  const { bavail, bsize, type } = statfsSync(context.folder);
  // What a file system in memory says is free may be in use by everybody else.
  const room = Math.min(bavail * bsize, type === tmpfsType ? process.availableMemory() - spareBytes : Infinity);
  if (room < wanted) {
    throw new Error(`${context.folder} has room for ${Math.max(0, Math.floor(room / 2 ** 20))} MiB, and this scale needs ${Math.ceil(wanted / 2 ** 20)}; choose another --work folder or --scale quick`);
  }
  context.say(`warming ${Math.round(wanted / 2 ** 20)} MiB`);
  const path = join(context.folder, 'warm');
  const piece = new Uint8Array(pieceBytes).fill(1);
  const file = openSync(path, 'w+');
  try {
    for (let at = 0; at < wanted; at += pieceBytes) writeSync(file, piece, 0, pieceBytes, at);
    for (let at = 0; at < wanted; at += pieceBytes) readSync(file, piece, 0, pieceBytes, at);
  } finally {
    closeSync(file);
    rmSync(path);
  }
}
