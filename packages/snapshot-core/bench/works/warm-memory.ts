import { closeSync, openSync, readSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchContext } from '../run/bench-context.ts';

const pieceBytes = 1 << 20;
const pinBytes = 4_096;

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
 * A host may also take back what is free in large blocks, within seconds, and every step after a deletion would pay again. So a page
 * out of each megabyte stays in use, as the file `pins` of the folder: no large block becomes free.
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
  const pins = openSync(join(context.folder, 'pins'), 'w');
  try {
    for (let at = 0; at < wanted; at += pieceBytes) {
      writeSync(file, piece, 0, pieceBytes, at);
      writeSync(pins, piece, 0, pinBytes);
    }
    for (let at = 0; at < wanted; at += pieceBytes) readSync(file, piece, 0, pieceBytes, at);
  } finally {
    closeSync(pins);
    closeSync(file);
    rmSync(path);
  }
}
