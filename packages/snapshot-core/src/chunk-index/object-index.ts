import type { ObjectId, ObjectKind } from '../format/object-reference.ts';
import type { PackedObject } from '../format/pack-directory.ts';
import type { PackManifest } from '../format/pack-manifest.ts';

/** One stored copy of an object. */
export interface IndexedObject {
  readonly pack: PackManifest;
  readonly object: PackedObject;
}

/**
 * Which packs hold which objects, in memory. The whole identity is the key, so a hit needs no further proof.
 *
 * Packs may come and go in any order; an object may have several copies, and condemned packs are told apart at look-up.
 */
export class ObjectIndex {
  readonly #packs = new Map<string, PackManifest>();
  readonly #copies = new Map<ObjectId, IndexedObject | IndexedObject[]>();
  #condemned: ReadonlySet<string> = new Set();

  /** Packs in the index, by no particular order. */
  get packs(): readonly PackManifest[] {
    return [...this.#packs.values()];
  }

  /** Replaces the set of condemned packs; names of unknown packs do no harm. */
  setCondemned(packNames: Iterable<string>): void {
    this.#condemned = new Set(packNames);
  }

  isCondemned(packName: string): boolean {
    return this.#condemned.has(packName);
  }

  /** Adds a pack and its objects; adding it again does nothing. */
  addPack(pack: PackManifest): void {
    if (this.#packs.has(pack.name)) return;
    this.#packs.set(pack.name, pack);
    for (const object of pack.directory.objects) {
      const present = this.#copies.get(object.id);
      const copy = { pack, object };
      if (present === undefined) this.#copies.set(object.id, copy);
      else if (Array.isArray(present)) present.push(copy);
      else this.#copies.set(object.id, [present, copy]);
    }
  }

  hasPack(packName: string): boolean {
    return this.#packs.has(packName);
  }

  /** Copies of an object: those in condemned packs come last. */
  copiesOf(id: ObjectId): readonly IndexedObject[] {
    const present = this.#copies.get(id);
    if (present === undefined) return [];
    if (!Array.isArray(present)) return [present];
    return present.toSorted((a, b) => Number(this.#condemned.has(a.pack.name)) - Number(this.#condemned.has(b.pack.name)));
  }

  /** Whether a copy lies in a pack that is not condemned: the question deduplication asks. */
  hasKept(id: ObjectId, kind?: ObjectKind): boolean {
    return this.copiesOf(id).some(({ pack }) => !this.#condemned.has(pack.name) && (kind === undefined || pack.kind === kind));
  }
}
