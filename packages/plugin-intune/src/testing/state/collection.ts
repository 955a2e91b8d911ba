/** A collection of the tenant, in the order in which its objects came. That order never changes, so a page can be continued while objects come and go. */
export interface Collection<Item extends { readonly id: string }> {
  /** Adds or replaces. A new object is not seen by the next `hiddenForReads` requests that look for it. */
  put(item: Item, hiddenForReads?: number): void;
  /** The object, seen or not. For the tenant itself. */
  peek(id: string): Item | undefined;
  /** The object as a request sees it: a hidden one counts as missing, and is hidden for one read less. */
  read(id: string): Item | undefined;
  remove(id: string): boolean;
  /** Every object, hidden or not. */
  items(): Item[];
  /** What a listing sees; hidden objects are left out and hidden for one read less. */
  list(): ListedItem<Item>[];
  readonly size: number;
}

/** An object and its place in the order of arrival. */
export interface ListedItem<Item> {
  readonly order: number;
  readonly item: Item;
}

/** An empty collection. */
export function createCollection<Item extends { readonly id: string }>(): Collection<Item> {
  const slots = new Map<string, { readonly order: number; item: Item; hiddenForReads: number }>();
  let nextOrder = 1;
  return {
    put(item, hiddenForReads = 0) {
      const slot = slots.get(item.id);
      if (slot) slot.item = item;
      else slots.set(item.id, { order: nextOrder++, item, hiddenForReads });
    },
    peek: (id) => slots.get(id)?.item,
    read(id) {
      const slot = slots.get(id);
      if (slot && slot.hiddenForReads > 0) {
        slot.hiddenForReads -= 1;
        return undefined;
      }
      return slot?.item;
    },
    remove: (id) => slots.delete(id),
    items: () => [...slots.values()].map(({ item }) => item),
    list: () => [...slots.values()].flatMap((slot) => {
      if (slot.hiddenForReads > 0) {
        slot.hiddenForReads -= 1;
        return [];
      }
      return [{ order: slot.order, item: slot.item }];
    }),
    get size() {
      return slots.size;
    },
  };
}
