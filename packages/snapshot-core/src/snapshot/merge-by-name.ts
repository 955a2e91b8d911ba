import { compareNames } from '../source/byte-path.ts';

/** Entries of the same name on both sides, or of one side alone. */
export interface NamePair<Left, Right> {
  readonly left?: Left;
  readonly right?: Right;
}

type Names<T> = AsyncIterable<T> | Iterable<T>;

/** Walks two listings that are sorted bytewise and pairs them by name, holding one entry of each. Ending early closes both. */
export async function* mergeByName<Left extends { readonly name: Uint8Array }, Right extends { readonly name: Uint8Array }>(
  left: Names<Left>,
  right: Names<Right>,
): AsyncGenerator<NamePair<Left, Right>> {
  const leftCursor = openCursor(left);
  const rightCursor = openCursor(right);
  try {
    let [a, b] = [await leftCursor.next(), await rightCursor.next()];
    while (a !== undefined || b !== undefined) {
      const order = a === undefined ? 1 : b === undefined ? -1 : compareNames(a.name, b.name);
      yield { ...(a !== undefined && order <= 0 && { left: a }), ...(b !== undefined && order >= 0 && { right: b }) };
      if (order <= 0) a = await leftCursor.next();
      if (order >= 0) b = await rightCursor.next();
    }
  } finally {
    await leftCursor.close();
    await rightCursor.close();
  }
}

function openCursor<T>(names: Names<T>) {
  const iterator = Symbol.asyncIterator in names ? names[Symbol.asyncIterator]() : names[Symbol.iterator]();
  return {
    async next(): Promise<T | undefined> {
      const step = await iterator.next();
      return step.done === true ? undefined : step.value;
    },
    close: async () => void (await iterator.return?.()),
  };
}
