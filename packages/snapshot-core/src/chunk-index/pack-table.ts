import type { ObjectKind } from '../format/object-reference.ts';
import { objectKinds } from '../format/object-reference.ts';

/** What the table knows of a pack. */
export interface PackSummary {
  /** Position in the table: given once, and never to another pack. */
  readonly ordinal: number;
  readonly name: string;
  readonly kind: ObjectKind;
  readonly fileBytes: number;
  readonly directoryBytes: number;
  readonly objectCount: number;
}

/** What a thread needs to read a table; structured-cloneable, and the memory stays shared. */
export interface PackTableHandle {
  readonly pieces: readonly SharedArrayBuffer[];
}

/** Packs per piece: tables grow by pieces, so that nothing is ever copied. */
const packsPerPiece = 512;
const nameBytes = 32;
const recordBytes = 48;
const recordWords = recordBytes / 4;
/** Words of a record, after the name. */
const [fileWord, directoryWord, objectsWord, flagsWord] = [8, 9, 10, 11];
/** Bits of the flags; the lowest is the kind. */
const condemnedFlag = 2;
const distrustedFlag = 4;
const removedFlag = 8;
const presentFlag = 16;

/** Packs by ordinal, in shared memory. Any thread may read; a view that is too old does not have the newest packs. */
export class PackTableView {
  protected readonly pieces: Int32Array[];

  protected constructor(pieces: Int32Array[]) {
    this.pieces = pieces;
  }

  /** Opens the table of another thread for reading. */
  static attach(handle: PackTableHandle): PackTableView {
    return new PackTableView(handle.pieces.map((piece) => new Int32Array(piece)));
  }

  /** Takes over the pieces that were added since this view was opened. */
  follow(handle: PackTableHandle): void {
    for (const piece of handle.pieces.slice(this.pieces.length)) this.pieces.push(new Int32Array(piece));
  }

  /** Whether a pack with that ordinal is in the table and has not been removed. */
  isPresent(ordinal: number): boolean {
    return (this.#flags(ordinal) & (presentFlag | removedFlag)) === presentFlag;
  }

  /** Whether new references may rely on what is in the pack: it is there, not condemned, and no damage was met in it. */
  isKept(ordinal: number): boolean {
    return (this.#flags(ordinal) & (presentFlag | removedFlag | condemnedFlag | distrustedFlag)) === presentFlag;
  }

  isCondemned(ordinal: number): boolean {
    return (this.#flags(ordinal) & condemnedFlag) !== 0;
  }

  /** Whether damage was met in the pack. */
  isDistrusted(ordinal: number): boolean {
    return (this.#flags(ordinal) & distrustedFlag) !== 0;
  }

  /** Kind of a pack that is in the table. */
  kindOf(ordinal: number): ObjectKind {
    return objectKinds[this.#flags(ordinal) & 1] ?? 'data';
  }

  /** Facts of a pack, or `undefined` when it is not in the table or was removed. */
  get(ordinal: number): PackSummary | undefined {
    const piece = this.pieces[Math.floor(ordinal / packsPerPiece)];
    if (!piece || !this.isPresent(ordinal)) return undefined;
    const at = recordWords * (ordinal % packsPerPiece);
    const word = (offset: number) => (piece[at + offset] ?? 0) >>> 0;
    return { ordinal, name: this.#nameAt(ordinal), kind: this.kindOf(ordinal), fileBytes: word(fileWord), directoryBytes: word(directoryWord), objectCount: word(objectsWord) };
  }

  /**
   * Notes that damage was met in a pack: no new reference relies on it, in any thread, and its copies are read last. Any thread may
   * call it. It holds as long as the table.
   */
  distrust(ordinal: number): void {
    this.setFlag(ordinal, distrustedFlag, true);
  }

  protected setFlag(ordinal: number, flag: number, isSet: boolean): void {
    const piece = this.pieces[Math.floor(ordinal / packsPerPiece)];
    if (!piece) return;
    const at = recordWords * (ordinal % packsPerPiece) + flagsWord;
    if (isSet) Atomics.or(piece, at, flag);
    else Atomics.and(piece, at, ~flag);
  }

  #flags(ordinal: number): number {
    const piece = this.pieces[Math.floor(ordinal / packsPerPiece)];
    return piece?.[recordWords * (ordinal % packsPerPiece) + flagsWord] ?? 0;
  }

  #nameAt(ordinal: number): string {
    const piece = this.pieces[Math.floor(ordinal / packsPerPiece)];
    return piece ? Buffer.from(piece.buffer, recordBytes * (ordinal % packsPerPiece), nameBytes).toString('hex') : '';
  }
}

/** The table of the one thread that writes it. Removed packs keep their place, so that an ordinal never means another pack. */
export class PackTable extends PackTableView {
  /** Open addressing by name: ordinals plus one, 0 for empty. Of one thread only. */
  #byName = new Uint32Array(16);
  #count = 0;
  #hasRemoved = false;
  #condemned: ReadonlySet<string> = new Set();

  constructor() {
    super([]);
  }

  /** Ordinals given so far, those of removed packs included. */
  get count(): number {
    return this.#count;
  }

  /** Whether a pack was ever removed. */
  get hasRemoved(): boolean {
    return this.#hasRemoved;
  }

  /** Packs in which damage was met, by any thread, those that were removed since included: it never falls. */
  get distrustedCount(): number {
    let count = 0;
    for (let ordinal = 0; ordinal < this.#count; ordinal++) if (this.isDistrusted(ordinal)) count++;
    return count;
  }

  /** Bytes of memory in use. */
  get sizeBytes(): number {
    return this.pieces.reduce((sum, { byteLength }) => sum + byteLength, this.#byName.byteLength);
  }

  /** Rises when handles given out before have become old. */
  get generation(): number {
    return this.pieces.length;
  }

  /** For other threads; new when `count` passes a multiple of 512. */
  handle(): PackTableHandle {
    return { pieces: this.pieces.map(({ buffer }) => buffer as SharedArrayBuffer) };
  }

  /** Adds a pack. @returns its ordinal; the one it has already when it is there */
  add(pack: Omit<PackSummary, 'ordinal'>): number {
    const present = this.find(pack.name);
    if (present !== undefined) return present;
    const ordinal = this.#count++;
    if (ordinal % packsPerPiece === 0) this.pieces.push(new Int32Array(new SharedArrayBuffer(packsPerPiece * recordBytes)));
    const piece = this.pieces.at(-1) ?? new Int32Array();
    const at = recordWords * (ordinal % packsPerPiece);
    Buffer.from(piece.buffer, 4 * at, nameBytes).write(pack.name, 'hex');
    piece[at + fileWord] = pack.fileBytes;
    piece[at + directoryWord] = pack.directoryBytes;
    piece[at + objectsWord] = pack.objectCount;
    piece[at + flagsWord] = presentFlag | objectKinds.indexOf(pack.kind) | (this.#condemned.has(pack.name) ? condemnedFlag : 0);
    if (2 * this.#count > this.#byName.length) this.#growNames();
    else this.#addName(ordinal);
    return ordinal;
  }

  /** Ordinal of a pack by its name, or `undefined` when it is not there. */
  find(name: string): number | undefined {
    if (this.#count === 0) return undefined;
    for (let at = this.#slotOf(Number.parseInt(name.slice(0, 8), 16)); this.#byName[at] !== 0; at = (at + 1) & (this.#byName.length - 1)) {
      const ordinal = (this.#byName[at] ?? 0) - 1;
      const pack = this.get(ordinal);
      if (pack?.name === name) return ordinal;
    }
    return undefined;
  }

  /** All packs that are there, by ordinal. */
  *packs(): Generator<PackSummary> {
    for (let ordinal = 0; ordinal < this.#count; ordinal++) {
      const pack = this.get(ordinal);
      if (pack) yield pack;
    }
  }

  remove(ordinal: number): void {
    this.#hasRemoved = true;
    this.setFlag(ordinal, removedFlag, true);
  }

  /** Makes these packs the condemned ones, among those that are there and those that are added later. */
  setCondemned(names: Iterable<string>): void {
    this.#condemned = new Set(names);
    const condemned = new Set<number | undefined>();
    for (const name of this.#condemned) condemned.add(this.find(name));
    for (let ordinal = 0; ordinal < this.#count; ordinal++) this.setFlag(ordinal, condemnedFlag, condemned.has(ordinal));
  }

  #growNames(): void {
    this.#byName = new Uint32Array(2 * this.#byName.length);
    for (const { ordinal } of this.packs()) this.#addName(ordinal);
  }

  #addName(ordinal: number): void {
    let at = this.#slotOf(Number.parseInt((this.get(ordinal)?.name ?? '').slice(0, 8), 16));
    while (this.#byName[at] !== 0) at = (at + 1) & (this.#byName.length - 1);
    this.#byName[at] = ordinal + 1;
  }

  #slotOf(hash: number): number {
    return hash & (this.#byName.length - 1);
  }
}
