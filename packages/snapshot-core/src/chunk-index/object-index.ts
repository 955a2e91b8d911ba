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
 * Packs may come and go in any order; an object may have several copies, and those in condemned packs or found damaged are told
 * apart at look-up.
 */
export class ObjectIndex {
  readonly #packs = new Map<string, PackManifest>();
  readonly #copies = new Map<ObjectId, IndexedObject | IndexedObject[]>();
  readonly #damaged: Set<string>;
  #condemned: ReadonlySet<string> = new Set();

  /** @param damaged copies known to be damaged, by `copyKey`; the index adds to it */
  constructor(damaged: Set<string> = new Set()) {
    this.#damaged = damaged;
  }

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
    for (const object of pack.directory.objects()) {
      const present = this.#copies.get(object.id);
      const copy = { pack, object };
      if (present === undefined) this.#copies.set(object.id, copy);
      else if (Array.isArray(present)) present.push(copy);
      else this.#copies.set(object.id, [present, copy]);
    }
  }

  /** Notes that a copy cannot be relied on: it is read last and no new reference is built on it. */
  markDamaged(packName: string, id: ObjectId): void {
    this.#damaged.add(copyKey(packName, id));
  }

  hasPack(packName: string): boolean {
    return this.#packs.has(packName);
  }

  /** Copies of an object: those in condemned packs or found damaged come last. */
  copiesOf(id: ObjectId): readonly IndexedObject[] {
    const present = this.#copies.get(id);
    if (present === undefined) return [];
    if (!Array.isArray(present)) return [present];
    return present.toSorted((a, b) => Number(this.#isKept(b)) - Number(this.#isKept(a)));
  }

  /** Whether a copy lies in a pack that is not condemned, and is not known to be damaged: the question deduplication asks. */
  hasKept(id: ObjectId, kind?: ObjectKind): boolean {
    return this.copiesOf(id).some((copy) => this.#isKept(copy) && (kind === undefined || copy.pack.kind === kind));
  }

  #isKept({ pack, object }: IndexedObject): boolean {
    return !this.#condemned.has(pack.name) && !this.#damaged.has(copyKey(pack.name, object.id));
  }
}

/** One text for one stored copy. */
export function copyKey(packName: string, id: ObjectId): string {
  return `${packName} ${id}`;
}
