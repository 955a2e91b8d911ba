/** Tells any number of readers about changes. A slow reader gets every change, late; nobody else waits for it. */
export interface ChangeFeed<Item> {
  publish(item: Item): void;
  /** Everything published from the first `next` on, until the signal aborts, which throws its reason. */
  read(signal: AbortSignal, first?: readonly Item[]): AsyncGenerator<Item, never>;
}

export function createChangeFeed<Item>(): ChangeFeed<Item> {
  const readers = new Set<{ waiting: Item[]; wake: () => void }>();
  return {
    publish(item) {
      for (const reader of readers) {
        reader.waiting.push(item);
        reader.wake();
      }
    },
    async *read(signal, first = []) {
      const reader = { waiting: [...first], wake: () => {} };
      readers.add(reader);
      const onAbort = (): void => reader.wake();
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        for (;;) {
          signal.throwIfAborted();
          const item = reader.waiting.shift();
          if (item !== undefined) yield item;
          else await new Promise<void>((resolve) => void (reader.wake = resolve));
        }
      } finally {
        readers.delete(reader);
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}
