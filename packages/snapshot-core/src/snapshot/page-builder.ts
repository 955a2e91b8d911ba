import { attributeBytes } from '../format/extended-attribute.ts';
import type { ContentReference, ContentTable, TreeEntry } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { ObjectPort } from './object-port.ts';
import { ContentBuilder } from './content-builder.ts';
import { loadPage, saveTreeNode } from './tree-objects.ts';
import type { SavedNode } from './tree-objects.ts';

const minPageEntries = 64;
/** Entries of one page of a directory at most. */
export const maxPageEntries = 1_024;
/** A page holds no more attributes than this and one entry's: 1,024 entries with all they may have would make a huge object. */
const maxPageAttributeBytes = 1_048_576;

/**
 * Collects the entries of one directory in order and saves them page by page.
 *
 * A page is cut after a name whose identity starts with `00` (1 in 256), so that an added name renews one page of a large
 * directory and not all that follow.
 */
export class PageBuilder {
  #entries: TreeEntry[] = [];
  #attributeBytes = 0;
  #entryCount = 0;
  /** A stored page that is taken over as it is, unless something follows for which it would have to be cut elsewhere. */
  #held: { readonly reference: ContentReference; readonly endsByItself: boolean } | undefined;
  readonly #content: ContentBuilder;
  readonly #objects: ObjectPort;
  readonly #onSaved: (saved: SavedNode) => void;

  constructor(objects: ObjectPort, onSaved: (saved: SavedNode) => void) {
    this.#objects = objects;
    this.#onSaved = onSaved;
    this.#content = new ContentBuilder(objects, 'tree', onSaved);
  }

  /** Entries added so far. */
  get entryCount(): number {
    return this.#entryCount;
  }

  /** Adds the next entry; names must come sorted bytewise. @returns a promise when something has to be waited for */
  add(entry: TreeEntry, options: CallOptions): Promise<void> | undefined {
    this.#entryCount += 1;
    return this.#held === undefined ? this.#append(entry, options) : this.#letGo(options).then(() => this.#append(entry, options));
  }

  /** Adds all entries of a stored page that may be relied on, and takes the page itself over where pages are cut the same way. */
  async addPage(reference: ContentReference, lastName: Uint8Array, options: CallOptions): Promise<void> {
    await this.#letGo(options);
    this.#entryCount += reference.measure;
    if (this.#entries.length > 0) return this.#appendPage(reference, options);
    const endsByItself = reference.measure >= maxPageEntries || (reference.measure >= minPageEntries && this.#isCutAfter(lastName));
    this.#held = { reference, endsByItself };
  }

  /** Decides about the page held back, now that something follows it. */
  async #letGo(options: CallOptions): Promise<void> {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    if (held.endsByItself) await this.#content.add(held.reference, options);
    else await this.#appendPage(held.reference, options);
  }

  async #appendPage(reference: ContentReference, options: CallOptions): Promise<void> {
    for (const entry of await loadPage(this.#objects, reference, options)) await this.#append(entry, options);
  }

  #isCutAfter(name: Uint8Array): boolean {
    return this.#objects.identify(name).startsWith('00');
  }

  #append(entry: TreeEntry, options: CallOptions): Promise<void> | undefined {
    this.#entries.push(entry);
    if (entry.type !== 'unread') for (const attribute of entry.attributes?.list ?? []) this.#attributeBytes += attributeBytes(attribute);
    const count = this.#entries.length;
    if (count >= maxPageEntries || this.#attributeBytes >= maxPageAttributeBytes || (count >= minPageEntries && this.#isCutAfter(entry.name))) return this.#savePage(options);
    return undefined;
  }

  /** Ends the directory. The builder must not be used afterwards. */
  async finish(options: CallOptions): Promise<ContentTable> {
    if (this.#held !== undefined) await this.#content.add(this.#held.reference, options);
    if (this.#entries.length > 0) await this.#savePage(options);
    return this.#content.finish(options);
  }

  async #savePage(options: CallOptions): Promise<void> {
    const entries = this.#entries;
    this.#entries = [];
    this.#attributeBytes = 0;
    const saved = await saveTreeNode(this.#objects, { type: 'page', entries }, options);
    this.#onSaved(saved);
    await this.#content.add({ kind: 'tree', id: saved.id, lengthBytes: saved.lengthBytes, cut: 'end', measure: entries.length }, options);
  }
}
