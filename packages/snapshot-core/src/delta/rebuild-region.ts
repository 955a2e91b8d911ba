import { zstdDecompressSync } from 'node:zlib';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { sameBytes } from '../format/same-bytes.ts';
import type { Identity } from '../hashing/identity.ts';
import type { DeltaMemory } from './delta-memory.ts';
import type { DeltaRegion } from './delta-directory.ts';
import type { EndReader } from './end-reader.ts';
import { readDictionary } from './frame-dictionary.ts';
import { assignLiterals } from './literal-ranges.ts';
import { decodeRegionRecord, type LiteralFrame, type RegionRecord } from './region-record.ts';
import { RegionWriter } from './region-writer.ts';

/** A region that is to be made. */
export interface RebuildRequest {
  readonly entry: DeltaRegion;
  /** Where its record stands in the delta file. */
  readonly recordOffset: number;
  /** Where its bytes go in the result. */
  readonly resultOffset: number;
}

/**
 * Makes one region of the result and verifies it. Zero bytes are not written: the file is new, so they are there already.
 *
 * @throws {SnapshotError} `format/damaged`, `delta/wrong-base`, and what reading and writing throw
 */
export async function rebuildRegion(request: RebuildRequest, delta: EndReader, base: EndReader, target: number, memory: DeltaMemory, identity: Identity, throwIfAborted: () => void): Promise<void> {
  const { entry, recordOffset, resultOffset } = request;
  const what = `the record at byte ${recordOffset} of ${delta.description}`;
  const stored = entry.recordBytes <= memory.stored.length ? memory.stored.subarray(0, entry.recordBytes) : new Uint8Array(entry.recordBytes);
  await delta.read(recordOffset, stored);
  if (!sameBytes(identity.digest(stored), entry.recordDigest)) throw new SnapshotError('format/damaged', `${what} does not match its hash; fetch the delta again`);
  const record = decodeRegionRecord(stored, base.bytes, entry.resultBytes, what);
  const writer = new RegionWriter(memory, identity, target, resultOffset, record.pieceBytes);
  const literals = new LiteralReader(record, base, memory, what);
  for (const instruction of record.instructions) {
    for (let done = 0; done < instruction.lengthBytes; ) {
      throwIfAborted();
      const space = writer.space(instruction.lengthBytes - done);
      if (instruction.kind === 'copy') await base.read(instruction.fromOffset + done, space);
      else if (instruction.kind === 'zeros') space.fill(0);
      else await literals.read(space);
      writer.take(space.length);
      done += space.length;
    }
  }
  if (!sameBytes(writer.finish(), entry.resultDigest)) throw wrongBase(base, `bytes ${resultOffset} to ${resultOffset + entry.resultBytes} come out different`);
}

/** Says that the base is another one than the delta was made from. */
export function wrongBase(base: EndReader, reason: string): SnapshotError {
  return new SnapshotError('delta/wrong-base', `${base.description} is not what the delta was made from: ${reason}. Nothing was written under the target's name; apply it to the right base`);
}

/** Gives the literals of a region one after the other, unpacking a frame when it is reached. */
class LiteralReader {
  readonly #record: RegionRecord;
  readonly #base: EndReader;
  readonly #memory: DeltaMemory;
  readonly #what: string;
  readonly #ranges: ReturnType<typeof assignLiterals>;
  #next = 0;
  #plain: Uint8Array = new Uint8Array(0);

  constructor(record: RegionRecord, base: EndReader, memory: DeltaMemory, what: string) {
    this.#record = record;
    this.#base = base;
    this.#memory = memory;
    this.#what = what;
    this.#ranges = assignLiterals(record, what);
  }

  /** Fills `into`, across frames. */
  async read(into: Uint8Array): Promise<void> {
    for (let done = 0; done < into.length; ) {
      const frame = this.#record.frames[this.#next];
      // The literals were found to fill the frames exactly.
      if (this.#plain.length === 0 && frame) this.#plain = await this.#unpack(frame, this.#next++);
      const part = this.#plain.subarray(0, into.length - done);
      into.set(part, done);
      done += part.length;
      this.#plain = this.#plain.subarray(part.length);
    }
  }

  async #unpack({ compression, plainBytes, stored }: LiteralFrame, ordinal: number): Promise<Uint8Array> {
    if (compression === 'none') return stored;
    const dictionary = await readDictionary(this.#memory, this.#base, this.#ranges[ordinal] ?? []);
    try {
      const plain = zstdDecompressSync(stored, { maxOutputLength: plainBytes, ...(dictionary && { dictionary }) });
      if (plain.length === plainBytes) return plain;
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error)) throw error;
    }
    // The record matches its hash, so what does not fit is the dictionary.
    if (dictionary) throw wrongBase(this.#base, 'it does not hold what the new bytes were compressed against');
    throw new SnapshotError('format/damaged', `${this.#what} is damaged: a frame does not decompress to its length`);
  }
}
