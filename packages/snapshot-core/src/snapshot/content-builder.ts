import type { ContentReference, ContentTable } from '../format/tree-entry.ts';
import { maxInlineReferences } from '../format/tree-entry-codec.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { ObjectPort } from './object-port.ts';
import { saveTreeNode } from './tree-objects.ts';
import type { SavedNode } from './tree-objects.ts';

/** A list is cut no earlier than this, and then after a reference whose id starts with `00`: 1 in 256. */
export const minListReferences = 64;
export const maxListReferences = 1_024;

/**
 * Collects the references of one content, however many, and moves them into lists as they come: memory stays flat.
 *
 * Where a list is cut depends on the ids alone, so that a change in the middle of a large file renews one list per level
 * and all others are found again.
 */
export class ContentBuilder {
  readonly #levels: ContentReference[][] = [[]];
  readonly #objects: ObjectPort;
  readonly #leafKind: 'data' | 'tree';
  readonly #onSaved: (saved: SavedNode) => void;

  constructor(objects: ObjectPort, leafKind: 'data' | 'tree', onSaved: (saved: SavedNode) => void) {
    this.#objects = objects;
    this.#leafKind = leafKind;
    this.#onSaved = onSaved;
  }

  /** Adds the next reference; a reference without any measure is left out. `level` is above 0 for a list that was saved elsewhere. */
  async add(reference: ContentReference, options: CallOptions, atLevel = 0): Promise<void> {
    for (let level = atLevel, next: ContentReference | undefined = reference; next !== undefined && next.measure > 0; level++) {
      const pending = (this.#levels[level] ??= []);
      pending.push(next);
      const full: boolean = pending.length >= maxListReferences || (pending.length >= minListReferences && next.id.startsWith('00'));
      next = full ? await this.#saveList(level, options) : undefined;
    }
  }

  /** Ends the content. The builder must not be used afterwards. */
  async finish(options: CallOptions): Promise<ContentTable> {
    for (let level = 0; ; level++) {
      const pending = this.#levels[level] ?? [];
      const isTop = level >= this.#levels.length - 1;
      if (isTop && pending.length <= maxInlineReferences) return { level, references: pending };
      if (pending.length === 0) continue;
      const list = await this.#saveList(level, options);
      (this.#levels[level + 1] ??= []).push(list);
    }
  }

  async #saveList(level: number, options: CallOptions): Promise<ContentReference> {
    const references = this.#levels[level] ?? [];
    this.#levels[level] = [];
    const saved = await saveTreeNode(this.#objects, { type: 'list', leafKind: this.#leafKind, level: level + 1, references }, options);
    this.#onSaved(saved);
    const measure = references.reduce((sum, reference) => sum + reference.measure, 0);
    return { kind: 'tree', id: saved.id, lengthBytes: saved.lengthBytes, cut: 'end', measure };
  }
}
