import { SnapshotError } from '../../errors/snapshot-error.ts';
import { PageCursor } from '../../format/page-cursor.ts';
import type { PagePlace } from '../../format/page-cursor.ts';
import type { ContentReference, ContentTable, TreeEntry } from '../../format/tree-entry.ts';
import { isDamage } from '../is-damage.ts';
import type { ObjectPort } from '../object-port.ts';
import { readReferences } from '../read-content.ts';
import type { TakenItem } from './taken-item.ts';

/** What one page of the parent has come to so far. */
interface PageInWork {
  readonly reference: ContentReference;
  readonly cursor: PageCursor;
  /** Entries that are as they were, by place, and what came instead of or between them. */
  readonly slots: (PagePlace | TakenItem)[];
  isWhole: boolean;
}

/**
 * Follows the parent's pages of one directory while its present names are taken in order, and finds the pages of which every entry is
 * as it was: those are taken over whole.
 *
 * A damaged parent costs speed, never the snapshot: it ends where it cannot be read.
 */
export class ParentPages {
  /** What the names so far have come to. */
  readonly items: TakenItem[] = [];
  readonly #objects: ObjectPort;
  readonly #onDamage: (error: unknown) => void;
  #coming: ContentReference[];
  #page: PageInWork | undefined;

  /** @param onDamage told once when the parent cannot be read any further */
  constructor(objects: ObjectPort, pages: readonly ContentReference[], onDamage: (error: unknown) => void) {
    this.#objects = objects;
    this.#coming = [...pages];
    this.#onDamage = onDamage;
  }

  /** The page with the name that was sought, if it has one. */
  get cursor(): PageCursor | undefined {
    return this.#page?.cursor;
  }

  /** Whether `seek` can answer without loading a page. */
  isAtHand(): boolean {
    return this.#page === undefined ? this.#coming.length === 0 : !this.#page.cursor.isAtEnd;
  }

  /** Goes to a name, given as byte text; names must come in ascending order, or again. @returns whether the next entry of `cursor` has it; only if `isAtHand` */
  seekHere(name: string): boolean {
    const page = this.#page;
    if (page === undefined) return false;
    const { cursor } = page;
    while (!cursor.isAtEnd) {
      const order = cursor.compareName(name);
      if (order >= 0) return order === 0;
      page.isWhole = false;
      cursor.advance();
    }
    return false;
  }

  /** The same, and loads pages as it goes. */
  async seek(name: string): Promise<boolean> {
    for (;;) {
      if (this.#page?.cursor.isAtEnd === true) this.#leavePage();
      if (this.#page === undefined && !(await this.#nextPage())) return false;
      const isFound = this.seekHere(name);
      if (isFound || this.#page?.cursor.isAtEnd !== true) return isFound;
    }
  }

  /** The next entry, which was found, is as it was. */
  keep(): void {
    const page = this.#page;
    if (page === undefined) return;
    page.slots.push(page.cursor.place);
    page.cursor.advance();
  }

  /** The next entry, which was found, has become something else, or nothing. */
  replace(item: TakenItem | undefined): void {
    const page = this.#page;
    if (page === undefined) return;
    page.isWhole = false;
    if (item !== undefined) page.slots.push(item);
    page.cursor.advance();
  }

  /** Something new comes before the next entry. */
  insert(item: TakenItem): void {
    const page = this.#page;
    if (page === undefined || page.cursor.isAtStart) this.items.push(item);
    else {
      if (!page.cursor.isAtEnd) page.isWhole = false;
      else this.#leavePage();
      (this.#page === undefined ? this.items : page.slots).push(item);
    }
  }

  /** Decodes the entry that was found; `undefined` when it is damaged. */
  entry(): TreeEntry | undefined {
    const { cursor } = this;
    try {
      return cursor?.entryAt(cursor.place);
    } catch (error) {
      this.#giveUp(error);
      return undefined;
    }
  }

  /** Ends here. @returns pages that were not walked to their end */
  finish(): readonly ContentReference[] {
    const page = this.#page;
    const unfinished = page === undefined || page.cursor.isAtEnd ? [] : [page.reference];
    if (page !== undefined) {
      page.isWhole &&= page.cursor.isAtEnd;
      this.#leavePage();
    }
    return [...unfinished, ...this.#coming];
  }

  #leavePage(): void {
    const page = this.#page;
    if (page === undefined) return;
    this.#page = undefined;
    if (page.isWhole) this.items.push({ kind: 'page', page: { reference: page.reference, lastName: new Uint8Array(page.cursor.lastName) } });
    else for (const slot of page.slots) this.items.push('kind' in slot ? slot : { kind: 'entry', entry: page.cursor.entryAt(slot) });
  }

  async #nextPage(): Promise<boolean> {
    const reference = this.#coming.shift();
    if (reference === undefined) return false;
    try {
      const cursor = await openPage(this.#objects, reference);
      this.#page = { reference, cursor, slots: [], isWhole: this.#objects.has(reference.id, 'tree') };
      return true;
    } catch (error) {
      this.#giveUp(error);
      return false;
    }
  }

  #giveUp(error: unknown): void {
    if (!isDamage(error)) throw error;
    this.#coming = [];
    this.#onDamage(error);
  }
}

/** Loads a page as it is stored. @throws {SnapshotError} `object/*`, `format/damaged` */
export async function openPage(objects: ObjectPort, reference: ContentReference): Promise<PageCursor> {
  const bytes = await objects.load(reference.id);
  const cursor = new PageCursor(bytes, `tree object ${reference.id}`);
  if (bytes.length !== reference.lengthBytes || cursor.entryCount !== reference.measure)
    throw new SnapshotError('format/damaged', `object ${reference.id} is not the directory page it is referred to as; run check`);
  return cursor;
}

/** References to the pages of a stored directory, as far as they can be read. */
export async function listPages(objects: ObjectPort, content: ContentTable, onDamage: (error: unknown) => void): Promise<readonly ContentReference[]> {
  if (content.level === 0) return content.references;
  const pages: ContentReference[] = [];
  try {
    for await (const reference of readReferences(objects, content, 'tree', {})) pages.push(reference);
  } catch (error) {
    if (!isDamage(error)) throw error;
    onDamage(error);
  }
  return pages;
}
