import type { SieveParameters } from '../../chunking/sieve-parameters.ts';
import type { CutMark } from '../../format/object-reference.ts';
import type { ChunkProfileName } from '../../format/repository-config.ts';
import type { Identity } from '../../hashing/identity.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import { rangesWithin } from '../../source/byte-range.ts';
import type { ByteRange } from '../../source/byte-range.ts';
import { GroupRule, longestGroupBytes } from './group-rule.ts';
import { PackedReferenceWriter, type PackedChunk } from '../../format/packed-references.ts';
import type { Prediction, PredictedGroup } from './prediction.ts';
import { RegionWindow, type ReadAt } from './region-window.ts';

/** What taking a region needs of its thread. */
export interface RegionTools {
  readonly kernels: Kernels;
  readonly identity: Identity;
  /** See `createGroupFingerprint`. */
  readonly fingerprint: (bytes: Uint8Array) => Uint8Array;
  readonly parameters: SieveParameters;
  readonly profile: ChunkProfileName;
  /** Whether a chunk is stored, or on its way, and may be relied on. */
  has(id: Uint8Array): boolean;
  /** Stores a chunk that `has` does not know; copies the bytes before it resolves. */
  save(id: Uint8Array, bytes: Uint8Array): unknown;
  /** Called every few milliseconds of work; throws to end it. */
  check(): void;
}

/** One region of a source. */
export interface Region {
  readonly offset: number;
  readonly endOffset: number;
  /** True when the source ends with the region. */
  readonly isLast: boolean;
  readonly readAt: ReadAt;
  readonly prediction?: Prediction | undefined;
  /** Groups whose last chunk's id starts with a byte b, (b + generation) % 32 = 0, are re-hashed whatever their fingerprint says. */
  readonly generation: number;
  /** Trust no fingerprint: compare every chunk by identity. */
  readonly verifyAll: boolean;
  /** Parts of the region that a change tracker knows to be unchanged, sorted and joined: taken over unread when the parent had them in the same place. */
  readonly unchanged: readonly ByteRange[];
}

/** What a region came to. */
export interface TakenRegion {
  /** See `packed-references`. */
  readonly packed: Uint8Array<ArrayBuffer>;
  readonly addedChunks: number;
  readonly addedBytes: number;
  /** Bytes found unchanged by fingerprint or by identity, without looking for boundaries. */
  readonly predictedBytes: number;
  readonly bytesRead: number;
  /** Something differs from the parent where nothing should have changed: the change tracker cannot be believed. */
  readonly isTrackerWrong: boolean;
}

const rehashEvery = 32;

/**
 * Cuts one region into chunks and stores those that are new. Where the parent's next chunk is still in its place it is taken over
 * after a comparison; the list of chunks is the same as without.
 */
export async function takeRegion(region: Region, tools: RegionTools): Promise<TakenRegion> {
  return new RegionRun(region, tools).run();
}

/** Memory that a window over a region needs. */
export function regionWindowBytes(maxChunkBytes: number): number {
  return 2 * longestGroupBytes(maxChunkBytes) + maxChunkBytes;
}

class RegionRun {
  readonly #region: Region;
  readonly #tools: RegionTools;
  readonly #window: RegionWindow;
  readonly #rule: GroupRule;
  readonly #references: PackedReferenceWriter;
  /** Identities of all-zero chunks by length. */
  readonly #zeroIds = new Map<number, Uint8Array>();
  #offset: number;
  #addedChunks = 0;
  #addedBytes = 0;
  #predictedBytes = 0;
  #bytesRead = 0;
  #isTrackerWrong = false;

  constructor(region: Region, tools: RegionTools) {
    this.#region = region;
    this.#tools = tools;
    this.#offset = region.offset;
    this.#rule = new GroupRule(tools.profile);
    this.#references = new PackedReferenceWriter(Math.ceil((1.25 * (region.endOffset - region.offset)) / tools.parameters.looseFromBytes));
    const readAt: ReadAt = (into, position) => {
      const bytesRead = region.readAt(into, position);
      this.#bytesRead += bytesRead;
      return bytesRead;
    };
    const { kernels, parameters } = tools;
    this.#window = new RegionWindow(kernels.bytes, kernels.dataStart, regionWindowBytes(parameters.maxBytes), readAt, region.offset, region.endOffset);
  }

  async run(): Promise<TakenRegion> {
    const { endOffset, prediction } = this.#region;
    prediction?.startAt(this.#offset);
    while (this.#offset < endOffset) {
      this.#tools.check();
      // What belongs to the open group is needed once more, for its fingerprint.
      this.#window.keepFrom(this.#offset - this.#rule.openBytes);
      if (prediction !== undefined && ((await this.#takeGroup(prediction)) || (await this.#takeChunk(prediction)))) continue;
      await this.#scan(prediction);
    }
    return {
      packed: this.#references.finish(), addedChunks: this.#addedChunks, addedBytes: this.#addedBytes,
      predictedBytes: this.#predictedBytes, bytesRead: this.#bytesRead, isTrackerWrong: this.#isTrackerWrong,
    };
  }

  /** Takes over a whole group, if it is where it should be. */
  async #takeGroup(prediction: Prediction): Promise<boolean> {
    const group = this.#rule.openBytes === 0 ? prediction.group : undefined;
    if (group === undefined || !this.#fits(group.lengthBytes, longestGroupBytes(this.#tools.parameters.maxBytes))) return false;
    const { generation, verifyAll } = this.#region;
    if (verifyAll || ((prediction.idAt(group.last)[0] ?? 0) + generation) % rehashEvery === 0) return false;
    if (!this.#allStored(prediction, group)) return false;
    if (!this.#isTracked(group.parentOffset, group.lengthBytes) && !this.#isSame(group)) return false;
    for (let ordinal = group.first; ordinal <= group.last; ordinal++) this.#emit(prediction.chunkAt(ordinal), group.fingerprint);
    prediction.advance(group.last - group.first + 1);
    this.#predictedBytes += group.lengthBytes;
    return true;
  }

  #allStored(prediction: Prediction, group: PredictedGroup): boolean {
    for (let ordinal = group.first; ordinal <= group.last; ordinal++) if (!this.#tools.has(prediction.idAt(ordinal))) return false;
    return true;
  }

  /** Whether nothing should have changed in this part, which the parent had in the same place. */
  #isTracked(parentOffset: number, lengthBytes: number): boolean {
    if (parentOffset !== this.#offset) return false;
    const [found] = rangesWithin(this.#region.unchanged, { offset: parentOffset, bytes: lengthBytes });
    return found?.bytes === lengthBytes;
  }

  /** Whether what the parent had can be here: it ends with the region, and is no longer than what this release cuts, whoever wrote the parent. */
  #fits(lengthBytes: number, longestBytes: number): boolean {
    return lengthBytes <= longestBytes && this.#offset + lengthBytes <= this.#region.endOffset;
  }

  #isSame({ lengthBytes, fingerprint }: PredictedGroup): boolean {
    return Buffer.compare(this.#tools.fingerprint(this.#bytes(this.#offset, lengthBytes)), fingerprint) === 0;
  }

  /** Takes over the next chunk, if its identity is the expected one. */
  async #takeChunk(prediction: Prediction): Promise<boolean> {
    const { chunk } = prediction;
    if (chunk === undefined || !this.#fits(chunk.lengthBytes, this.#tools.parameters.maxBytes)) return false;
    const bytes = this.#bytes(this.#offset, chunk.lengthBytes);
    if (Buffer.compare(this.#tools.identity.digest(bytes), chunk.id) !== 0) {
      this.#isTrackerWrong ||= this.#isTracked(prediction.parentOffset, chunk.lengthBytes);
      prediction.lose();
      return false;
    }
    if (!this.#tools.has(chunk.id)) await this.#save(chunk.id, bytes);
    this.#emit(chunk);
    prediction.advance(1);
    this.#predictedBytes += chunk.lengthBytes;
    return true;
  }

  /** Finds the next boundary in the bytes themselves. */
  async #scan(prediction: Prediction | undefined): Promise<void> {
    const { kernels, parameters } = this.#tools;
    const lengthBytes = Math.min(parameters.maxBytes, this.#region.endOffset - this.#offset);
    const start = this.#window.place(this.#offset, lengthBytes);
    const end = kernels.findCut(start, start + lengthBytes);
    const cut = kernels.cutByContent ? 'content' : 'max';
    const bytes = kernels.bytes.subarray(start, end);
    const id = kernels.isAllZero(start, end - start) ? this.#zeroId(bytes) : this.#tools.identity.digest(bytes);
    if (!this.#tools.has(id)) await this.#save(id, bytes);
    this.#emit({ id, lengthBytes: bytes.length, cut });
    if (cut === 'content') prediction?.meet(id, this.#offset - bytes.length);
    else prediction?.startAt(this.#offset);
  }

  #zeroId(bytes: Uint8Array): Uint8Array {
    let id = this.#zeroIds.get(bytes.length);
    if (id === undefined) this.#zeroIds.set(bytes.length, (id = this.#tools.identity.digest(bytes)));
    return id;
  }

  async #save(id: Uint8Array, bytes: Uint8Array): Promise<void> {
    await this.#tools.save(id, bytes);
    this.#addedChunks += 1;
    this.#addedBytes += bytes.length;
  }

  /**
   * Notes a chunk at the present offset and goes behind it. A chunk's own fingerprint is not taken over: its group may have begun
   * elsewhere in the parent. `known` is the fingerprint of a group that is taken over as a whole.
   */
  #emit({ id, lengthBytes, cut: foundCut }: PackedChunk, known?: Uint8Array): void {
    this.#offset += lengthBytes;
    const cut: CutMark = this.#offset < this.#region.endOffset ? foundCut : this.#region.isLast ? 'end' : 'region';
    const groupBytes = this.#rule.add(id[31] ?? 0, lengthBytes, cut);
    const fingerprint = groupBytes === 0 ? undefined : (known ?? this.#tools.fingerprint(this.#bytes(this.#offset - groupBytes, groupBytes)));
    this.#references.add({ id, lengthBytes, cut, fingerprint });
  }

  #bytes(offset: number, lengthBytes: number): Uint8Array {
    const start = this.#window.place(offset, lengthBytes);
    return this.#tools.kernels.bytes.subarray(start, start + lengthBytes);
  }
}
