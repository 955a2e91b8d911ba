import { SnapshotError } from '../errors/snapshot-error.ts';

/**
 * Reads stored bytes with suspicion: every read is bounded, and `finish` refuses bytes left over.
 *
 * All methods throw `format/damaged` and name what was being read.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** The same bytes, for what only buffers can. */
  readonly #text: Buffer;
  readonly #what: string;
  #at = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  u64(): number {
    const value = this.#view.getBigUint64(this.#take(8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.damaged(`the number ${value} is out of range`);
    return Number(value);
  }

  /** Eight bytes as they are, signed, where a number would lose some. */
  i64(): bigint {
    return this.#view.getBigInt64(this.#take(8), true);
  }

  /** A view, not a copy. */
  bytes(lengthBytes: number): Uint8Array {
    const at = this.#take(lengthBytes);
    return this.#bytes.subarray(at, at + lengthBytes);
  }

  hex(lengthBytes: number): string {
    const at = this.#take(lengthBytes);
    return this.#text.toString('hex', at, at + lengthBytes);
  }

  text8(): string {
    return this.#utf8(this.u8());
  }

  text16(): string {
    return this.#utf8(this.u16());
  }

  /** Skips bytes that must be zero in this version. */
  zeros(lengthBytes: number): void {
    const at = this.#take(lengthBytes);
    for (let index = at; index < at + lengthBytes; index++) if (this.#bytes[index] !== 0) throw this.damaged('reserved bytes are not zero');
  }

  /** Bytes not read yet. Check counts against it before allocating for them. */
  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  /** Refuses bytes nobody asked for. */
  finish(): void {
    if (this.remaining !== 0) throw this.damaged(`${this.remaining} bytes follow its end`);
  }

  /** An error that names what is being read. */
  damaged(reason: string): SnapshotError {
    return new SnapshotError('format/damaged', `${this.#what} is damaged: ${reason}`);
  }

  #utf8(lengthBytes: number): string {
    const part = this.bytes(lengthBytes);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(part);
    } catch (cause) {
      throw new SnapshotError('format/damaged', `${this.#what} is damaged: text is not UTF-8`, { cause });
    }
  }

  #take(sizeBytes: number): number {
    if (sizeBytes > this.remaining) throw this.damaged(`it ends ${sizeBytes - this.remaining} bytes too early`);
    const at = this.#at;
    this.#at += sizeBytes;
    return at;
  }
}
