import { read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { rangesWithin } from './byte-range.ts';
import type { ByteRange } from './byte-range.ts';
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

/**
 * Yields a part of a volume in order, fewer bytes when the volume ends early; each piece is valid until the next one is asked for.
 *
 * @param allocated sorted and joined; what lies between comes as zeros and is not read. Default: everything is read.
 */
export async function* readVolumePieces(volume: VolumePort, part: ByteRange, allocated?: readonly ByteRange[]): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(part.bytes, pieceBytes));
  let offset = part.offset;
  for (const run of allocated === undefined ? [part] : rangesWithin(allocated, part)) {
    yield* zeroPieces(buffer, run.offset - offset);
    for (offset = run.offset; offset < run.offset + run.bytes;) {
      const bytesRead = await volume.read(offset, buffer.subarray(0, Math.min(buffer.length, run.offset + run.bytes - offset)));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      offset += bytesRead;
    }
  }
  yield* zeroPieces(buffer, part.offset + part.bytes - offset);
}

function* zeroPieces(buffer: Uint8Array, bytes: number): Generator<Uint8Array> {
  if (bytes > 0) buffer.fill(0);
  for (let done = 0; done < bytes; done += buffer.length) yield buffer.subarray(0, Math.min(buffer.length, bytes - done));
}
