import { writeSync } from 'node:fs';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { Identity, IncrementalHash } from '../hashing/identity.ts';
import { searchBytes, type DeltaMemory } from './delta-memory.ts';

const bufferBytes = searchBytes;
/** What is zero in such units is left out, so that it becomes a hole where the file system has any. */
const holeBytes = 65_536;

/** Takes the bytes of one region in order, hashes them, and writes all but long zeros. */
export class RegionWriter {
  readonly #memory: DeltaMemory;
  readonly #identity: Identity;
  readonly #target: number;
  readonly #pieces: readonly number[];
  readonly #pieceDigests: Uint8Array[] = [];
  #hash: IncrementalHash;
  #pieceLeft: number;
  #offset: number;
  #used = 0;

  /**
   * @param target descriptor of the new file
   * @param offset of the region in it
   * @param pieces how the digest is made; see `RegionRecord.pieceBytes`
   */
  constructor(memory: DeltaMemory, identity: Identity, target: number, offset: number, pieces: readonly number[]) {
    this.#memory = memory;
    this.#identity = identity;
    this.#target = target;
    this.#offset = offset;
    this.#pieces = pieces;
    this.#hash = identity.create();
    this.#pieceLeft = pieces[0] ?? Number.POSITIVE_INFINITY;
  }

  /** Room for at most so many of the next bytes; fill it, then `take` them. Valid until then. */
  space(wantedBytes: number): Uint8Array {
    const start = this.#memory.result + this.#used;
    return this.#memory.kernels.bytes.subarray(start, start + Math.min(wantedBytes, bufferBytes - this.#used));
  }

  /** Says that so many bytes of the space were filled. */
  take(lengthBytes: number): void {
    this.#used += lengthBytes;
    if (this.#used === bufferBytes) this.#flush();
  }

  /** Writes the rest. @returns the region's digest */
  finish(): Uint8Array {
    this.#flush();
    if (this.#pieces.length === 0) return this.#hash.digest();
    return this.#identity.digest(Buffer.concat(this.#pieceDigests));
  }

  #flush(): void {
    const { kernels, result } = this.#memory;
    this.#update(kernels.bytes.subarray(result, result + this.#used));
    let runStart = 0;
    for (let start = 0; start < this.#used; start += holeBytes) {
      const end = Math.min(this.#used, start + holeBytes);
      if (!kernels.isAllZero(result + start, end - start)) continue;
      this.#write(runStart, start);
      runStart = end;
    }
    this.#write(runStart, this.#used);
    this.#offset += this.#used;
    this.#used = 0;
  }

  #update(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const part = bytes.subarray(done, done + Math.min(bytes.length - done, this.#pieceLeft));
      this.#hash.update(part);
      done += part.length;
      this.#pieceLeft -= part.length;
      if (this.#pieceLeft > 0) continue;
      this.#pieceDigests.push(this.#hash.digest());
      this.#hash = this.#identity.create();
      this.#pieceLeft = this.#pieces[this.#pieceDigests.length] ?? Number.POSITIVE_INFINITY;
    }
  }

  #write(start: number, end: number): void {
    const { kernels, result } = this.#memory;
    try {
      for (let done = start; done < end; ) done += writeSync(this.#target, kernels.bytes, result + done, end - done, this.#offset + done);
    } catch (cause) {
      throw new SnapshotError('target/write-failed', `the result could not be written (${String(cause)}); nothing was left under its name`, { cause });
    }
  }
}
