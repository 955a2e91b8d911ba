import { SnapshotError } from '../errors/snapshot-error.ts';

const largestU32 = 0xffff_ffff;

/** Builds stored bytes: little-endian integers of named sizes, length-prefixed text, plain bytes. */
export class ByteWriter {
  #buffer = new Uint8Array(256);
  #view = new DataView(this.#buffer.buffer);
  /** The same bytes, for what only buffers can. */
  #text = Buffer.from(this.#buffer.buffer);
  #length = 0;

  u8(value: number): this {
    const at = this.#take(1, value, 0xff);
    this.#view.setUint8(at, value);
    return this;
  }

  u16(value: number): this {
    const at = this.#take(2, value, 0xffff);
    this.#view.setUint16(at, value, true);
    return this;
  }

  u32(value: number): this {
    const at = this.#take(4, value, largestU32);
    this.#view.setUint32(at, value, true);
    return this;
  }

  /** Eight bytes; values up to 2^53 - 1. */
  u64(value: number): this {
    const at = this.#take(8, value, Number.MAX_SAFE_INTEGER);
    this.#view.setUint32(at, value % 2 ** 32, true);
    this.#view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
    return this;
  }

  /** Eight bytes, signed, all 64 bits. */
  i64(value: bigint): this {
    if (BigInt.asIntN(64, value) !== value) throw new SnapshotError('argument/invalid', `${value} does not fit in 64 bits`);
    const at = this.#take(8, 0, 0);
    this.#view.setBigInt64(at, value, true);
    return this;
  }

  bytes(value: Uint8Array): this {
    const at = this.#take(value.length, 0, 0);
    this.#buffer.set(value, at);
    return this;
  }

  /** Bytes given as hexadecimal text of exactly `lengthBytes` bytes. */
  hex(value: string, lengthBytes: number): this {
    if (value.length !== 2 * lengthBytes || !/^[0-9a-f]*$/.test(value))
      throw new SnapshotError('argument/invalid', `"${value}" is not ${2 * lengthBytes} lower-case hexadecimal characters`);
    const at = this.#take(lengthBytes, 0, 0);
    this.#text.write(value, at, 'hex');
    return this;
  }

  /** UTF-8 text behind its length in one byte. */
  text8(value: string): this {
    const encoded = encodeText(value, 0xff);
    return this.u8(encoded.length).bytes(encoded);
  }

  /** UTF-8 text behind its length in two bytes. */
  text16(value: string): this {
    const encoded = encodeText(value, 0xffff);
    return this.u16(encoded.length).bytes(encoded);
  }

  /** A copy of everything written so far. */
  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  /** Grows the buffer, so take the position first and look at the buffer afterwards. */
  #take(sizeBytes: number, value: number, largest: number): number {
    if (!Number.isInteger(value) || value < 0 || value > largest)
      throw new SnapshotError('argument/invalid', `${value} cannot be stored: a whole number from 0 to ${largest} is expected`);
    const at = this.#length;
    this.#length += sizeBytes;
    if (this.#length > this.#buffer.length) {
      const larger = new Uint8Array(2 ** Math.ceil(Math.log2(this.#length + 1)));
      larger.set(this.#buffer);
      this.#buffer = larger;
      this.#view = new DataView(larger.buffer);
      this.#text = Buffer.from(larger.buffer);
    }
    return at;
  }
}

function encodeText(value: string, largestBytes: number): Uint8Array {
  // A lone surrogate would come back as another character, so it is refused here and not discovered at restore.
  if (!value.isWellFormed()) throw new SnapshotError('argument/invalid', `the text ${JSON.stringify(value)} is not well-formed Unicode`);
  const encoded = Buffer.from(value, 'utf8');
  if (encoded.length > largestBytes)
    throw new SnapshotError('argument/invalid', `the text "${value.slice(0, 40)}…" has ${encoded.length} bytes, at most ${largestBytes} can be stored`);
  return encoded;
}
