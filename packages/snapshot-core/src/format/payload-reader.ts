import { SnapshotError } from '../errors/snapshot-error.ts';

/** Reads little-endian fields from untrusted bytes; every step is bounded, and nothing may be left over at the end. */
export class PayloadReader {
  readonly #bytes: Buffer;
  readonly #what: string;
  #position = 0;

  /** `what` names the object in error messages. */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  uint16(): number {
    return this.#bytes.readUInt16LE(this.#advance(2));
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#advance(4));
  }

  uint64(): bigint {
    return this.#bytes.readBigUInt64LE(this.#advance(8));
  }

  int64(): bigint {
    return this.#bytes.readBigInt64LE(this.#advance(8));
  }

  /** A 64-bit count that must be exact as a number. */
  count(): number {
    const value = this.uint64();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) this.fail(`count ${value} is out of range`);
    return Number(value);
  }

  /** A 16-bit length, then a copy of the bytes. */
  bytes16(): Uint8Array {
    const length = this.uint16();
    const start = this.#advance(length);
    return Uint8Array.prototype.slice.call(this.#bytes, start, start + length);
  }

  /** @throws {SnapshotError} `format/damaged` when bytes are left */
  end(): void {
    if (this.#position !== this.#bytes.length) this.fail(`${this.#bytes.length - this.#position} bytes too many`);
  }

  fail(why: string): never {
    throw new SnapshotError('format/damaged', `${this.#what}: ${why}; run check to see what is damaged`);
  }

  #advance(length: number): number {
    const start = this.#position;
    if (length > this.#bytes.length - start) this.fail(`ends at byte ${this.#bytes.length}, ${length} more expected at ${start}`);
    this.#position += length;
    return start;
  }
}
