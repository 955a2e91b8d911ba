/** The part of a map that is used. */
export interface NewestEntries<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
  /** The one that was set longest ago first. Entries may be deleted meanwhile. */
  entries(): Iterable<readonly [key: string, value: Value]>;
}

/** A map of at most so many entries: the one that was set longest ago makes room. For what may be forgotten, when those who would take it away may never come. */
export function createNewestEntries<Value>(maxEntries: number): NewestEntries<Value> {
  const entries = new Map<string, Value>();
  return {
    get: (key) => entries.get(key),
    set(key, value) {
      entries.delete(key);
      entries.set(key, value);
      const [oldest] = entries.keys();
      if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest);
    },
    delete: (key) => void entries.delete(key),
    entries: () => entries.entries(),
  };
}
