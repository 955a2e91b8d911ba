import { SnapshotError } from '../errors/snapshot-error.ts';
import { maxObjectBytes, type ObjectId } from './object-reference.ts';
import { directoryHeaderBytes, frameCompressions, frameEntryBytes, frameSealBytes, objectEntryBytes, type FrameCompression } from './pack-directory.ts';

/** What the directory says of one frame; its objects are those added since the frame before. */
export interface FrameEntry {
  readonly storedBytes: number;
  readonly plainBytes: number;
  readonly compression: FrameCompression;
  /** 16 bytes; zero when absent. */
  readonly seal?: Uint8Array;
}

/** Writes a pack's directory while the pack fills: the objects of a frame, then the frame. */
export class PackDirectoryWriter {
  #frames = Buffer.alloc(16 * frameEntryBytes);
  #objects = Buffer.alloc(64 * objectEntryBytes);
  #frameCount = 0;
  #objectCount = 0;
  #countedObjects = 0;

  get objectCount(): number {
    return this.#objectCount;
  }

  get frameCount(): number {
    return this.#frameCount;
  }

  /** Adds an object to the frame that is being filled. @returns its ordinal in the pack */
  addObject(id: ObjectId, lengthBytes: number): number {
    if (lengthBytes > maxObjectBytes) throw new SnapshotError('argument/invalid', `an object has at most ${maxObjectBytes} bytes, this one has ${lengthBytes}; split it`);
    const at = this.#objectCount * objectEntryBytes;
    if (at === this.#objects.length) this.#objects = doubled(this.#objects);
    this.#objects.writeUInt32LE(lengthBytes, at);
    if (this.#objects.write(id, at + 4, 'hex') !== 32 || id.length !== 64) throw new SnapshotError('argument/invalid', `"${id}" is not an object id`);
    return this.#objectCount++;
  }

  /** Ends the frame that is being filled. @returns its ordinal in the pack */
  endFrame({ storedBytes, plainBytes, compression, seal }: FrameEntry): number {
    const at = this.#frameCount * frameEntryBytes;
    if (at === this.#frames.length) this.#frames = doubled(this.#frames);
    this.#frames.writeUInt32LE(storedBytes, at);
    this.#frames.writeUInt32LE(plainBytes, at + 4);
    this.#frames.writeUInt32LE(this.#objectCount - this.#countedObjects, at + 8);
    this.#frames.writeUInt8(frameCompressions.indexOf(compression), at + 12);
    if (seal) this.#frames.set(seal.subarray(0, frameSealBytes), at + frameEntryBytes - frameSealBytes);
    this.#countedObjects = this.#objectCount;
    return this.#frameCount++;
  }

  /** The directory's plain bytes. */
  finish(): Uint8Array {
    const header = Buffer.alloc(directoryHeaderBytes);
    header.writeUInt32LE(this.#frameCount, 0);
    header.writeUInt32LE(this.#objectCount, 4);
    const parts = [header, this.#frames.subarray(0, this.#frameCount * frameEntryBytes), this.#objects.subarray(0, this.#objectCount * objectEntryBytes)];
    return new Uint8Array(Buffer.concat(parts));
  }
}

function doubled(buffer: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  return Buffer.concat([buffer, Buffer.alloc(buffer.length)]);
}
