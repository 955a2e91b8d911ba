import { RecoveryError } from '../errors/recovery-error.ts';

/** One page of a vendor's list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the next page begins; nothing on the last one. */
  readonly nextCursor?: string | null | undefined;
}

/** How to get one page after the other. */
export interface PageWalk<Item> {
  /** Fetches one page; the first with no cursor. */
  readonly fetchPage: (cursor: string | undefined) => Promise<Page<Item>>;
  /** An item seen before is not yielded again, so that items which move to a later page while the list changes come once. */
  readonly idOf: (item: Item) => string;
  readonly signal: AbortSignal;
}

/**
 * Yields the items of a paged list, each once. A page is fetched only when its items are asked for. Keeps the ids of the walk in memory.
 *
 * @throws {RecoveryError} `internal` when the vendor returns a cursor a second time
 */
export async function* walkPages<Item>({ fetchPage, idOf, signal }: PageWalk<Item>): AsyncGenerator<Item, void, undefined> {
  const seenIds = new Set<string>();
  const seenCursors = new Set<string>();
  let cursor: string | undefined;
  do {
    signal.throwIfAborted();
    const page = await fetchPage(cursor);
    for (const item of page.items) {
      const id = idOf(item);
      if (seenIds.has(id)) continue;
      seenIds.add(id);
      yield item;
    }
    cursor = page.nextCursor ?? undefined;
    if (cursor !== undefined && seenCursors.has(cursor)) throw new RecoveryError('internal', 'the list never ends: the vendor returned the same cursor twice');
    if (cursor !== undefined) seenCursors.add(cursor);
  } while (cursor !== undefined);
}
