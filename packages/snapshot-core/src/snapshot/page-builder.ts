import { attributeBytes } from '../format/extended-attribute.ts';
import type { ContentTable, TreeEntry } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import { ContentBuilder } from './content-builder.ts';
import { saveTreeNode } from './tree-objects.ts';
import type { SavedNode } from './tree-objects.ts';

const minPageEntries = 64;
const maxPageEntries = 1_024;
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
  readonly #content: ContentBuilder;
  readonly #repository: Repository;
  readonly #onSaved: (saved: SavedNode) => void;

  constructor(repository: Repository, onSaved: (saved: SavedNode) => void) {
    this.#repository = repository;
    this.#onSaved = onSaved;
    this.#content = new ContentBuilder(repository, 'tree', onSaved);
  }

  /** Adds the next entry; names must come sorted bytewise. */
  async add(entry: TreeEntry, options: CallOptions): Promise<void> {
    this.#entries.push(entry);
    if (entry.type !== 'unread') for (const attribute of entry.attributes?.list ?? []) this.#attributeBytes += attributeBytes(attribute);
    const count = this.#entries.length;
    if (count >= maxPageEntries || this.#attributeBytes >= maxPageAttributeBytes || (count >= minPageEntries && this.#repository.identify(entry.name).startsWith('00'))) await this.#savePage(options);
  }

  /** Ends the directory. The builder must not be used afterwards. */
  async finish(options: CallOptions): Promise<ContentTable> {
    if (this.#entries.length > 0) await this.#savePage(options);
    return this.#content.finish(options);
  }

  async #savePage(options: CallOptions): Promise<void> {
    const entries = this.#entries;
    this.#entries = [];
    this.#attributeBytes = 0;
    const saved = await saveTreeNode(this.#repository, { type: 'page', entries }, options);
    this.#onSaved(saved);
    await this.#content.add({ kind: 'tree', id: saved.id, lengthBytes: saved.lengthBytes, cut: 'end', measure: entries.length }, options);
  }
}
