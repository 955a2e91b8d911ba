import type { ContentTable } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { ObjectPort } from './object-port.ts';
import { loadTreeNode } from './tree-objects.ts';
import { isDamage } from './is-damage.ts';

/**
 * How many chunks a file's content has, or `undefined` when a chunk or a list is not stored any more, condemned or damaged.
 *
 * Asks for the lists of every level too: that a list is stored does not prove that what it refers to is.
 */
export async function countStored(objects: ObjectPort, content: ContentTable, options: CallOptions): Promise<number | undefined> {
  let count = 0;
  for (const reference of content.references) {
    if (!objects.has(reference.id, reference.kind)) return undefined;
    if (content.level === 0) {
      count += 1;
      continue;
    }
    const below = await countBelow(objects, reference, content.level - 1, options);
    if (below === undefined) return undefined;
    count += below;
  }
  return count;
}

async function countBelow(objects: ObjectPort, list: ContentTable['references'][number], level: number, options: CallOptions): Promise<number | undefined> {
  try {
    const node = await loadTreeNode(objects, list, options);
    if (node.type !== 'list' || node.level !== level + 1 || node.leafKind !== 'data') return undefined;
    return await countStored(objects, { level, references: node.references }, options);
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}
