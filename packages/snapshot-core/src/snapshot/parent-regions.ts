import type { ContentReference, ContentTable } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import type { ByteRange } from '../source/byte-range.ts';
import { readReferences } from './read-content.ts';

/** The references of an earlier image, region by region. */
export interface ParentRegions {
  /**
   * References of exactly that region; `undefined` when a chunk reaches across one of its edges. Regions must be asked for in
   * ascending order.
   *
   * @throws {SnapshotError} `object/*`, `format/damaged` when the parent cannot be read
   */
  find(region: ByteRange): Promise<readonly ContentReference[] | undefined>;
  close(): Promise<void>;
}

/** Opens the references of an image; holds those of one region. The caller closes it. */
export function openParentRegions(repository: Repository, content: ContentTable, options: CallOptions): ParentRegions {
  const references = readReferences(repository, content, 'data', options);
  let next: ContentReference | undefined;
  let offset = 0;
  const advance = async () => {
    offset += next?.lengthBytes ?? 0;
    const step = await references.next();
    next = step.done === true ? undefined : step.value;
  };
  return {
    async find(region) {
      if (next === undefined) await advance();
      while (next !== undefined && offset < region.offset) await advance();
      const startsThere = offset === region.offset;
      const found: ContentReference[] = [];
      while (next !== undefined && offset + next.lengthBytes <= region.offset + region.bytes) {
        found.push(next);
        await advance();
      }
      return startsThere && offset === region.offset + region.bytes ? found : undefined;
    },
    close: async () => void (await references.return(undefined)),
  };
}
