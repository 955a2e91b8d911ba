import type { ObjectId, ObjectKind } from '../format/object-reference.ts';
import { CopySet } from './copy-set.ts';
import type { ObjectIndexView } from './object-index-view.ts';

/** Objects met so far. The same bytes as data and as a tree are two. */
export interface MetObjects {
  has(id: ObjectId | Uint8Array, kind: ObjectKind): boolean;
  /** @returns whether it was not in the set before */
  add(id: ObjectId | Uint8Array, kind: ObjectKind): boolean;
}

/** Objects by identity, in one bit for each stored copy: sets of millions of objects cost next to nothing beside the index. */
export class ObjectSet implements MetObjects {
  /** All copies of the objects in the set that were stored when they were added. */
  readonly copies = new CopySet();
  readonly #index: ObjectIndexView;
  /** Objects without a stored copy, by kind and id. */
  readonly #notStored = new Set<string>();

  /** @param index only packs that were in it when an object was added count as its copies */
  constructor(index: ObjectIndexView) {
    this.#index = index;
  }

  has(id: ObjectId | Uint8Array, kind: ObjectKind): boolean {
    return (
      this.#index.visitCopies(id, (pack, objectOrdinal) => pack.kind === kind && this.copies.has(pack.ordinal, objectOrdinal)) ||
      (this.#notStored.size > 0 && this.#notStored.has(keyOf(id, kind)))
    );
  }

  add(id: ObjectId | Uint8Array, kind: ObjectKind): boolean {
    let copyCount = 0;
    let addedCount = 0;
    this.#index.visitCopies(id, (pack, objectOrdinal) => {
      if (pack.kind !== kind) return false;
      copyCount++;
      if (this.copies.add(pack.ordinal, objectOrdinal, pack.directory.objectCount)) addedCount++;
      return false;
    });
    // One copy that was there before is enough: others may have been stored since.
    if (copyCount > 0) return addedCount === copyCount;
    const key = keyOf(id, kind);
    if (this.#notStored.has(key)) return false;
    this.#notStored.add(key);
    return true;
  }

  /** Adds everything that is in another set over the same index. */
  addAll(other: ObjectSet): void {
    this.copies.addAll(other.copies);
    for (const key of other.#notStored) this.#notStored.add(key);
  }
}

function keyOf(id: ObjectId | Uint8Array, kind: ObjectKind): string {
  return `${kind} ${typeof id === 'string' ? id : Buffer.from(id).toString('hex')}`;
}
