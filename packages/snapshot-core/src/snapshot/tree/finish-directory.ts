import type { DirectoryEntry } from '../../format/tree-entry.ts';
import type { CallOptions } from '../../repository/call-options.ts';
import type { ObjectPort } from '../object-port.ts';
import { PageBuilder } from '../page-builder.ts';
import type { SavedNode } from '../tree-objects.ts';
import type { DirectoryHead, FinishedItem } from './taken-item.ts';

/** Stores the pages of a directory all of whose items are done, and answers with its entry. */
export async function finishDirectory(objects: ObjectPort, onSaved: (saved: SavedNode) => void, head: DirectoryHead, items: readonly FinishedItem[], options: CallOptions): Promise<DirectoryEntry> {
  const pages = new PageBuilder(objects, onSaved);
  for (const item of items) {
    if (item.kind === 'page') await pages.addPage(item.page.reference, item.page.lastName, options);
    else {
      const saving = pages.add(item.entry, options);
      if (saving !== undefined) await saving;
    }
  }
  return { type: 'directory', ...head, size: pages.entryCount, content: await pages.finish(options) };
}
