import { SnapshotError } from '../../errors/snapshot-error.ts';
import type { ObjectId } from '../../format/object-reference.ts';
import { decodeStoredNode, encodeStoredNode } from '../../format/stored-tree-node.ts';
import type { ContentReference, ContentTable, FileEntry, TreeEntry, UnreadEntry } from '../../format/tree-entry.ts';
import type { TreeNode } from '../../format/tree-payload.ts';
import { isLostObject } from './is-lost-object.ts';

/** What repairing trees takes from outside. */
export interface TreeRepairParts {
  readonly load: (id: ObjectId) => Promise<Uint8Array>;
  /** Data objects of which no intact copy is left. */
  readonly isLostData: (id: ObjectId) => boolean;
  /** Stores a tree object, or only says what its id is. */
  readonly save: (bytes: Uint8Array) => Promise<ObjectId>;
}

/** What became of a tree. */
export interface RepairedTree {
  readonly rootId: ObjectId;
  readonly lostFiles: number;
  /** Parts of directories that are gone with all their entries. */
  readonly lostPages: number;
}

interface RepairedContent {
  readonly references: readonly ContentReference[];
  readonly isChanged: boolean;
  readonly lostFiles: number;
  /** Directly in this directory. */
  readonly lostPages: number;
  /** There and in all directories below. */
  readonly lostPagesBelow: number;
}

const nothingLost = { lostFiles: 0, lostPages: 0, lostPagesBelow: 0 } as const;

/**
 * Makes trees that can be read whole out of trees with losses, and renews only what lies on the way to a loss.
 *
 * A file with lost content becomes `unread` for the reason `damaged`. A directory keeps the entries that are left, and is marked incomplete, so
 * that a rollback takes nothing away there. The same losses give the same tree.
 */
export class TreeRepair {
  readonly #parts: TreeRepairParts;
  /** Trees and lists seen before, by id. */
  readonly #repaired = new Map<ObjectId, RepairedContent>();
  readonly #fileLists = new Map<ObjectId, boolean>();

  constructor(parts: TreeRepairParts) {
    this.#parts = parts;
  }

  /** @returns the tree without its losses, or `undefined` when the root itself is lost or no directory: then there is nothing to keep */
  async repair(rootId: ObjectId): Promise<RepairedTree | undefined> {
    const node = await this.#load(rootId);
    if (node?.type !== 'root' || node.entry.type !== 'directory') return undefined;
    const { entry, isChanged, lostFiles, lostPagesBelow } = await this.#repairEntry(node.entry);
    return { rootId: isChanged ? (await this.#save({ type: 'root', entry })).id : rootId, lostFiles, lostPages: lostPagesBelow };
  }

  async #repairEntry(entry: TreeEntry): Promise<Omit<RepairedContent, 'references'> & { readonly entry: TreeEntry }> {
    if (entry.type === 'file' && (await this.#isFileLost(entry.content))) return { entry: unreadOf(entry), isChanged: true, ...nothingLost, lostFiles: 1 };
    if (entry.type !== 'directory') return { entry, isChanged: false, ...nothingLost };
    const content = await this.#repairAll(entry.content.references, entry.content.level);
    if (!content.isChanged) return { ...content, entry };
    const { references, lostPages } = content;
    return { ...content, entry: { ...entry, size: sumOf(references), ...(lostPages > 0 && { incomplete: true as const }), content: { level: entry.content.level, references } } };
  }

  async #repairAll(references: readonly ContentReference[], level: number): Promise<RepairedContent> {
    const all: RepairedContent[] = [];
    for (const reference of references) all.push(await this.#repairReference(reference, level));
    return {
      references: all.flatMap((repaired) => repaired.references),
      isChanged: all.some(({ isChanged }) => isChanged),
      lostFiles: all.reduce((sum, { lostFiles }) => sum + lostFiles, 0),
      lostPages: all.reduce((sum, { lostPages }) => sum + lostPages, 0),
      lostPagesBelow: all.reduce((sum, { lostPagesBelow }) => sum + lostPagesBelow, 0),
    };
  }

  async #repairReference(reference: ContentReference, level: number): Promise<RepairedContent> {
    const known = this.#repaired.get(reference.id);
    if (known) return known;
    const repaired = await this.#repairNode(reference, level, await this.#load(reference.id));
    this.#repaired.set(reference.id, repaired);
    return repaired;
  }

  async #repairNode(reference: ContentReference, level: number, node: TreeNode | undefined): Promise<RepairedContent> {
    if (level > 0 && node?.type === 'list' && node.level === level && node.leafKind === 'tree') {
      const inner = await this.#repairAll(node.references, level - 1);
      if (!inner.isChanged) return { ...inner, references: [reference] };
      // A reference always stands for something.
      if (inner.references.length === 0) return inner;
      return { ...inner, references: [{ ...(await this.#save({ ...node, references: inner.references })), measure: sumOf(inner.references) }] };
    }
    if (level === 0 && node?.type === 'page') {
      const inner = [];
      for (const entry of node.entries) inner.push(await this.#repairEntry(entry));
      const lostFiles = inner.reduce((sum, { lostFiles: count }) => sum + count, 0);
      const lostPagesBelow = inner.reduce((sum, { lostPagesBelow: count }) => sum + count, 0);
      const isChanged = inner.some((entry) => entry.isChanged);
      const saved = isChanged ? { ...(await this.#save({ type: 'page', entries: inner.map(({ entry }) => entry) })), measure: node.entries.length } : reference;
      return { references: [saved], isChanged, lostFiles, lostPages: 0, lostPagesBelow };
    }
    return { references: [], isChanged: true, lostFiles: 0, lostPages: 1, lostPagesBelow: 1 };
  }

  async #isFileLost({ level, references }: ContentTable): Promise<boolean> {
    for (const { id } of references) if (level === 0 ? this.#parts.isLostData(id) : await this.#isListLost(id, level)) return true;
    return false;
  }

  async #isListLost(id: ObjectId, level: number): Promise<boolean> {
    const known = this.#fileLists.get(id);
    if (known !== undefined) return known;
    const node = await this.#load(id);
    const isLost = node?.type !== 'list' || node.level !== level || node.leafKind !== 'data' || (await this.#isFileLost({ level: level - 1, references: node.references }));
    this.#fileLists.set(id, isLost);
    return isLost;
  }

  /** A node, or `undefined` when it is lost or makes no sense. */
  async #load(id: ObjectId): Promise<TreeNode | undefined> {
    try {
      return decodeStoredNode(await this.#parts.load(id), `the tree object ${id}`);
    } catch (error) {
      if (!SnapshotError.isInstance(error) || !isLostObject(error)) throw error;
      return undefined;
    }
  }

  async #save(node: TreeNode): Promise<Omit<ContentReference, 'measure'>> {
    const bytes = encodeStoredNode(node);
    return { kind: 'tree', id: await this.#parts.save(bytes), lengthBytes: bytes.length, cut: 'end' };
  }
}

/** The same file by name only. */
function unreadOf({ name, mode, userId, groupId, modifiedMicros, changedNanos, device, inode, linkCount }: FileEntry): UnreadEntry {
  return { type: 'unread', name, mode, userId, groupId, size: 0, modifiedMicros, changedNanos, device, inode, linkCount, reason: 'damaged' };
}

function sumOf(references: readonly ContentReference[]): number {
  return references.reduce((sum, { measure }) => sum + measure, 0);
}
