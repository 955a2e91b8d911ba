import { compareNames } from '../source/byte-path.ts';

/** Finds names in a sorted listing, for a caller that asks in the same order. */
export interface NameLookup<T> {
  /** The entry with that name, or `undefined`. Names must be asked for in ascending order. */
  find(name: Uint8Array): Promise<T | undefined>;
  close(): Promise<void>;
}

/** Opens a lookup that reads the listing once and holds one entry. The caller closes it. */
export function openNameLookup<T extends { readonly name: Uint8Array }>(listing: AsyncGenerator<T>): NameLookup<T> {
  let current: T | undefined;
  let ended = false;
  return {
    async find(name) {
      while (!ended && (current === undefined || compareNames(current.name, name) < 0)) {
        const step = await listing.next();
        ended = step.done === true;
        current = step.done === true ? undefined : step.value;
      }
      return current !== undefined && compareNames(current.name, name) === 0 ? current : undefined;
    },
    close: async () => void (await listing.return(undefined)),
  };
}
