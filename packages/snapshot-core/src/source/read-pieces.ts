import { read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import type { VolumePort } from './volume-port.ts';

const readAsync = promisify(read);
const pieceBytes = 1_048_576;
/** Below this a synchronous read is cheaper than a round trip through the thread pool. */
const smallFileBytes = 262_144;

/**
 * Yields the first `bytes` bytes of an open file in order, fewer when it ends earlier; never more, however fast it grows.
 *
 * Each piece is a view into one buffer and valid until the next one is asked for.
 */
export async function* readFilePieces(descriptor: number, bytes: number): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(Math.min(bytes, pieceBytes));
  for (let offset = 0; offset < bytes;) {
    const wanted = Math.min(buffer.length, bytes - offset);
    const bytesRead = bytes <= smallFileBytes
      ? readSync(descriptor, buffer, 0, wanted, offset)
      : (await readAsync(descriptor, buffer, 0, wanted, offset)).bytesRead;
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    offset += bytesRead;
  }
}

/** Yields a whole volume in order; each piece is valid until the next one is asked for. */
export async function* readVolumePieces(volume: VolumePort): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(volume.bytes, pieceBytes));
  for (let offset = 0; offset < volume.bytes;) {
    const bytesRead = await volume.read(offset, buffer.subarray(0, Math.min(buffer.length, volume.bytes - offset)));
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    offset += bytesRead;
  }
}
