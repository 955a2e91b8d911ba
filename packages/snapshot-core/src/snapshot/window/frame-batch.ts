import type { DirectoryPack } from '../../chunk-index/directory-cache.ts';
import { freeBytes } from '../../pack/free-bytes.ts';
import { openStoredFrames, type StoredFrame } from '../../pack/open-frames.ts';
import type { PackCodec } from '../../pack/pack-codec.ts';
import type { FrameRun, WantedChunk } from './plan-pack-reads.ts';

/** As many frames as one call of the decompressor takes, and what they may hold on to. */
const mostFrames = 16;
const mostStoredBytes = 4_194_304;

/** Puts the chunks of frames that were read into a window. Frames are opened many at a time, from wherever they come. */
export class FrameBatch {
  readonly #codec: PackCodec;
  readonly #window: Uint8Array;
  #frames: (StoredFrame & { readonly chunks: readonly WantedChunk[] })[] = [];
  #runs: Uint8Array[] = [];
  #storedBytes = 0;

  constructor(codec: PackCodec, window: Uint8Array) {
    this.#codec = codec;
    this.#window = window;
  }

  /** @param stored the bytes of the run; taken over. @throws {SnapshotError} `object/damaged`: whatever is waiting is given up */
  add(pack: DirectoryPack, run: FrameRun, stored: Uint8Array): void {
    for (const { frame, chunks } of run.frames) {
      const start = frame.offset - run.fileOffset;
      this.#frames.push({ pack, frame, chunks, stored: stored.subarray(start, start + frame.storedBytes) });
    }
    this.#runs.push(stored);
    this.#storedBytes += stored.length;
    if (this.#frames.length >= mostFrames || this.#storedBytes >= mostStoredBytes) this.open();
  }

  /** Opens what is waiting. @throws {SnapshotError} `object/damaged`: all of it is given up */
  open(): void {
    const [frames, runs] = [this.#frames, this.#runs];
    [this.#frames, this.#runs, this.#storedBytes] = [[], [], 0];
    const plain = openStoredFrames(this.#codec, frames);
    for (const [index, { chunks }] of frames.entries()) {
      const bytes = plain[index];
      if (bytes !== undefined) for (const { offset, lengthBytes, target } of chunks) this.#window.set(bytes.subarray(offset, offset + lengthBytes), target);
    }
    for (const bytes of [...plain, ...runs]) freeBytes(bytes);
  }
}
