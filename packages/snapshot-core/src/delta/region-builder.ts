import type { WindowPart } from './compare-window.ts';
import type { DeltaInstruction } from './delta-instruction.ts';
import type { DeltaMemory } from './delta-memory.ts';
import type { EndReader } from './end-reader.ts';
import type { BaseRange } from './frame-dictionary.ts';
import { LiteralPacker } from './literal-packer.ts';
import type { RegionRecord } from './region-record.ts';

/** Below this a dictionary cannot help. */
const minComparedBytes = 64;
/** How much around the old bytes goes into the dictionary: content that moved a little is found again. */
const maxMarginBytes = 2_048;

/** Puts the instructions of one region together, in the order of its bytes; what continues the step before is merged with it. */
export class RegionBuilder {
  readonly #base: EndReader;
  readonly #packer: LiteralPacker;
  readonly #instructions: DeltaInstruction[] = [];
  #newBytes = 0;
  #zeroBytes = 0;

  /** One at a time on a thread: its frames lie in the memory until the record is encoded. */
  constructor(memory: DeltaMemory, base: EndReader, level: number) {
    this.#base = base;
    this.#packer = new LiteralPacker(memory, base, level);
  }

  /** The next bytes stand in the base. */
  copy(fromOffset: number, lengthBytes: number): void {
    const last = this.#instructions.at(-1);
    if (last?.kind === 'copy' && last.fromOffset + last.lengthBytes === fromOffset)
      this.#instructions[this.#instructions.length - 1] = { ...last, lengthBytes: last.lengthBytes + lengthBytes };
    else this.#instructions.push({ kind: 'copy', lengthBytes, fromOffset });
  }

  /** The next bytes are zero. */
  zeros(lengthBytes: number): void {
    this.#zeroBytes += lengthBytes;
    const last = this.#instructions.at(-1);
    if (last?.kind === 'zeros') this.#instructions[this.#instructions.length - 1] = { ...last, lengthBytes: last.lengthBytes + lengthBytes };
    else this.#instructions.push({ kind: 'zeros', lengthBytes });
  }

  /** The next bytes are those of a window, which was compared with the base. @returns the shift in force behind it */
  async window(bytes: Uint8Array, position: number, parts: readonly WindowPart[], shift: number): Promise<number> {
    let current = shift;
    for (const part of parts) {
      const lengthBytes = part.end - part.start;
      if (part.kind === 'copy') this.copy(position + part.start + (current = part.shift), lengthBytes);
      else if (part.kind === 'zeros') this.zeros(lengthBytes);
      else await this.literal(bytes.subarray(part.start, part.end), position + part.start + current);
    }
    return current;
  }

  /**
   * The next bytes are new. They are copied.
   *
   * @param oldOffset where they would stand in the base if nothing had changed; may lie outside of it
   */
  async literal(bytes: Uint8Array, oldOffset: number): Promise<void> {
    this.#newBytes += bytes.length;
    for (let done = 0; done < bytes.length; ) {
      const piece = bytes.subarray(done, done + (await this.#packer.roomBytes()));
      const old = this.#oldRange(oldOffset + done, piece.length);
      this.#packer.add(piece, old);
      this.#instructions.push({ kind: 'literal', lengthBytes: piece.length, ...old });
      done += piece.length;
    }
  }

  /** The record of everything so far, and how many of its bytes are new or zero. */
  async finish(pieceBytes: readonly number[] = []): Promise<{ record: RegionRecord; newBytes: number; zeroBytes: number }> {
    return { record: { instructions: this.#instructions, frames: await this.#packer.finish(), pieceBytes }, newBytes: this.#newBytes, zeroBytes: this.#zeroBytes };
  }

  #oldRange(offset: number, lengthBytes: number): BaseRange {
    if (lengthBytes < minComparedBytes) return { oldOffset: 0, oldBytes: 0 };
    const margin = Math.min(lengthBytes, maxMarginBytes);
    const start = Math.max(0, offset - margin);
    const end = Math.min(this.#base.bytes, offset + lengthBytes + margin);
    return end > start ? { oldOffset: start, oldBytes: end - start } : { oldOffset: 0, oldBytes: 0 };
  }
}
