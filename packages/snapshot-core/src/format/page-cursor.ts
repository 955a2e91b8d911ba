import { SnapshotError } from '../errors/snapshot-error.ts';
import { readAttributes } from './attributes-codec.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { fingerprintBytes, type ObjectReference } from './object-reference.ts';
import type { TreeEntry } from './tree-entry.ts';
import { entryLayout, maxInlineReferences, readTreeEntry, writeTreeEntry } from './tree-entry-codec.ts';
import { decodeReferenceAt, encodeReferences, referenceLayout, treeObjectLayout } from './tree-object.ts';

/** Where an entry stands in a page. */
export interface PagePlace {
  /** Offset of its first byte, and its number of bytes. */
  readonly at: number;
  readonly lengthBytes: number;
  /** Its first reference in the table, and how many are its own. */
  readonly reference: number;
  readonly referenceCount: number;
}

/** What `lstat` says of a file, in plain numbers. */
export interface PlainStats {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly nlink: number;
  readonly size: number;
  readonly dev: number;
  readonly ino: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

const { pageHeaderBytes } = entryLayout;
/** Level and count of references. */
const contentHeaderBytes = 2;
const regularFileBits = 0o100_000;
const maxMode = 0o7777;
/** One microsecond; a double of milliseconds since 1970 has steps of a quarter. */
const timeToleranceMs = 0.001;
/** Stored times of modification are whole microseconds, rounded down. */
const halfMicrosecondMs = 0.0005;

/**
 * Walks over a directory page as it is stored and compares entries without decoding them: most of a tree is as it was.
 *
 * Whether the bytes are a page at all is looked at once, at the start; whether an entry means anything, when it is decoded or found to be the same: such
 * an entry is taken over as it is.
 */
export class PageCursor {
  readonly entryCount: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #text: Buffer;
  readonly #places: PagePlace[] = [];
  #next = 0;

  /** @param bytes a whole tree object; kept. @throws {SnapshotError} `format/damaged`, `format/unsupported` when it is not a page */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const layout = treeObjectLayout(bytes);
    const payload = layout === undefined ? undefined : bytes.subarray(layout.payloadAt);
    if (layout === undefined || payload === undefined || payload.length < pageHeaderBytes || payload[0] !== 1 || payload[1] !== 2)
      throw new SnapshotError('format/damaged', `${what} is damaged: it is not a directory page`);
    this.entryCount = this.#view.getUint32(layout.payloadAt + 2, true);
    try {
      this.#findPlaces(layout.payloadAt + pageHeaderBytes, layout.referenceCount);
    } catch (cause) {
      // Reading beyond the end is all that can go wrong.
      if (!(cause instanceof RangeError)) throw cause;
      throw new SnapshotError('format/damaged', `${what} is damaged: it ends early`, { cause });
    }
  }

  get isAtEnd(): boolean {
    return this.#next >= this.#places.length;
  }

  get isAtStart(): boolean {
    return this.#next === 0;
  }

  /** Place of the entry that comes next. Only before the end. */
  get place(): PagePlace {
    // Asked for before the end only.
    return this.#places[this.#next] as PagePlace;
  }

  advance(): void {
    this.#next += 1;
  }

  /** Name of the last entry, a view; empty for an empty page. */
  get lastName(): Uint8Array {
    const place = this.#places.at(-1);
    return place === undefined ? new Uint8Array(0) : this.#nameOf(place);
  }

  /** Compares the next entry's name, bytewise, with another, given as text with one character for each byte. */
  compareName(name: string): number {
    const own = this.nameText;
    return own === name ? 0 : own < name ? -1 : 1;
  }

  /** The next entry's name, as text with one character for each byte. */
  get nameText(): string {
    const { at } = this.place;
    const start = at + entryLayout.nameAt;
    return this.#text.toString('latin1', start, start + this.#view.getUint16(at + entryLayout.nameLengthAt, true));
  }

  /**
   * Whether the next entry is a file that was read in peace, knows its extended attributes, has one name and its content within the
   * entry, and is in everything the file system says as `stats` are, which a plain `lstat` or `fstat` gave. An entry that cannot be decoded is none.
   *
   * Times are compared to a microsecond, as far as a double tells times of today apart. That is enough: such an entry had settled when it was read, so
   * whatever came later has a time of change that is seconds later.
   */
  isSameFile({ mode, uid, gid, nlink, size, dev, ino, mtimeMs, ctimeMs }: PlainStats): boolean {
    const view = this.#view;
    const { at } = this.place;
    const layout = entryLayout;
    const storedMode = view.getUint16(at + layout.modeAt, true);
    return view.getUint8(at) === layout.fileType && (view.getUint8(at + layout.flagsAt) & layout.trustMask) === layout.trustedFlags && nlink === 1
      && this.#numberAt(at + layout.inodeAt) === ino && Number.isSafeInteger(ino) && this.#numberAt(at + layout.deviceAt) === dev && Number.isSafeInteger(dev)
      && Math.abs(this.#signedAt(at + layout.changedAt) / 1e6 - ctimeMs) <= timeToleranceMs
      && Math.abs(this.#signedAt(at + layout.modifiedAt) / 1e3 + halfMicrosecondMs - mtimeMs) <= timeToleranceMs
      && this.#numberAt(at + layout.sizeAt) === size
      && storedMode <= maxMode && (storedMode | regularFileBits) === mode && view.getUint32(at + layout.userAt, true) === uid
      && view.getUint32(at + layout.groupAt, true) === gid && view.getUint32(at + layout.linksAt, true) === nlink
      && this.#isWholeContent(size) && this.#areAttributesSound();
  }

  /** Whether `test` holds for every reference of the next entry; ids are views. */
  everyReference(test: (id: Uint8Array, kind: ObjectReference['kind']) => boolean): boolean {
    const { reference, referenceCount } = this.place;
    for (let ordinal = reference; ordinal < reference + referenceCount; ordinal++) {
      const at = referenceLayout.tableAt + ordinal * referenceLayout.referenceBytes;
      if (!test(this.#bytes.subarray(at, at + referenceLayout.idBytes), this.#bytes[at + referenceLayout.kindAt] === 0 ? 'data' : 'tree')) return false;
    }
    return true;
  }

  /** Whether the next entry has extended attributes of its own. */
  get hasAttributes(): boolean {
    return (this.#view.getUint8(this.place.at + entryLayout.flagsAt) & entryLayout.attributesFollowFlag) !== 0;
  }

  /** Whether `test` holds for every reference of the next entry, in order, by its id as text and its length. */
  everyContent(test: (id: string, lengthBytes: number) => boolean): boolean {
    const { reference, referenceCount } = this.place;
    for (let ordinal = reference; ordinal < reference + referenceCount; ordinal++) {
      const at = referenceLayout.tableAt + ordinal * referenceLayout.referenceBytes;
      if (!test(this.#text.toString('hex', at, at + referenceLayout.idBytes), this.#view.getUint32(at + referenceLayout.lengthAt, true))) return false;
    }
    return true;
  }

  /** Whether the next entry is exactly this one: what it would be stored as is what is stored. */
  equals(entry: TreeEntry): boolean {
    const { at, lengthBytes, reference, referenceCount } = this.place;
    const references: ObjectReference[] = [];
    const writer = new ByteWriter();
    writeTreeEntry(writer, references, entry);
    const encoded = writer.finish();
    if (encoded.length !== lengthBytes || references.length !== referenceCount || Buffer.compare(encoded, this.#bytes.subarray(at, at + lengthBytes)) !== 0) return false;
    const start = referenceLayout.tableAt + reference * referenceLayout.referenceBytes;
    const table = this.#bytes.subarray(start, start + referenceCount * referenceLayout.referenceBytes);
    if (Buffer.compare(encodeReferences(references), table) !== 0) return false;
    return references.every(({ fingerprint }, index) => fingerprint === undefined || Buffer.compare(fingerprint, decodeReferenceAt(this.#bytes, reference + index).fingerprint ?? new Uint8Array(fingerprintBytes)) === 0);
  }

  /** Decodes one entry; its bytes are views of the page's. @throws {SnapshotError} `format/damaged` */
  entryAt({ at, lengthBytes, reference, referenceCount }: PagePlace): TreeEntry {
    const reader = new ByteReader(this.#bytes.subarray(at, at + lengthBytes), 'an entry of a directory page');
    let taken = reference;
    const entry = readTreeEntry(reader, () => {
      if (taken >= reference + referenceCount) throw reader.damaged('more references are named than there are');
      return decodeReferenceAt(this.#bytes, taken++);
    }, false);
    reader.finish();
    return entry;
  }

  /** Number of references of the next entry. */
  get referenceCount(): number {
    return this.place.referenceCount;
  }

  #nameOf({ at }: PagePlace): Uint8Array {
    const start = at + entryLayout.nameAt;
    return this.#bytes.subarray(start, start + this.#view.getUint16(at + entryLayout.nameLengthAt, true));
  }

  /** Eight bytes as a number; exact up to 2^53. */
  #numberAt(at: number): number {
    return this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 2 ** 32;
  }

  #signedAt(at: number): number {
    return this.#view.getUint32(at, true) + this.#view.getInt32(at + 4, true) * 2 ** 32;
  }

  /** Whether the next entry's references are data objects of together that many bytes. */
  #isWholeContent(size: number): boolean {
    const { at, lengthBytes, reference, referenceCount } = this.place;
    // Level 0: the content follows the entry's fields as level and count alone.
    if (this.#bytes[at + lengthBytes - 2] !== 0 || this.#bytes[at + lengthBytes - 1] !== referenceCount || referenceCount > maxInlineReferences) return false;
    let bytes = 0;
    for (let ordinal = reference; ordinal < reference + referenceCount; ordinal++) {
      const place = referenceLayout.tableAt + ordinal * referenceLayout.referenceBytes;
      if (this.#bytes[place + referenceLayout.kindAt] !== 0) return false;
      const length = this.#view.getUint32(place + referenceLayout.lengthAt, true);
      if (length === 0) return false;
      bytes += length;
    }
    return bytes === size;
  }

  /** Whether the extended attributes of the next entry, a file with its content at level 0, can be decoded and end where its content starts. */
  #areAttributesSound(): boolean {
    const { at, lengthBytes } = this.place;
    const start = at + entryLayout.nameAt + this.#view.getUint16(at + entryLayout.nameLengthAt, true);
    const end = at + lengthBytes - contentHeaderBytes;
    if (!this.hasAttributes) return start === end;
    try {
      const reader = new ByteReader(this.#bytes.subarray(start, end), 'an entry of a directory page');
      readAttributes(reader);
      reader.finish();
      return true;
    } catch (error) {
      if (!SnapshotError.isInstance(error)) throw error;
      return false;
    }
  }

  #findPlaces(start: number, referenceCount: number): void {
    const view = this.#view;
    const layout = entryLayout;
    let at = start;
    let reference = 0;
    for (let entry = 0; entry < this.entryCount; entry++) {
      const type = view.getUint8(at);
      let end = at + layout.nameAt + view.getUint16(at + layout.nameLengthAt, true);
      if ((view.getUint8(at + layout.flagsAt) & layout.attributesFollowFlag) !== 0) end = this.#endOfAttributes(end);
      let own = 0;
      if (type === layout.symlinkType) end += 2 + view.getUint16(end, true);
      else if (type === layout.fileType || type === layout.directoryType) {
        own = view.getUint8(end + 1);
        end += 2 + (type === layout.directoryType || view.getUint8(end) > 0 ? 8 * own : 0);
      } else end += 1;
      if (end > this.#bytes.length) throw new RangeError('an entry ends beyond the page');
      this.#places.push({ at, lengthBytes: end - at, reference, referenceCount: own });
      at = end;
      reference += own;
    }
    if (at !== this.#bytes.length || reference !== referenceCount) throw new RangeError('the entries do not fill the page');
  }

  #endOfAttributes(start: number): number {
    let at = start + 2;
    for (let left = this.#view.getUint16(start, true); left > 0; left--) {
      at += 1 + this.#view.getUint8(at);
      at += 4 + this.#view.getUint32(at, true);
    }
    return at;
  }
}
