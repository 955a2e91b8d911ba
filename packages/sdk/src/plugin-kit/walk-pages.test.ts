import fc from 'fast-check';
import { expect, test } from 'vitest';
import { walkPages, type Page } from './walk-pages.ts';

const { signal } = new AbortController();
async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

test('yields every item once, over empty pages too, and asks for the first page without a cursor', async () => {
  const pages: Record<string, Page<string>> = { first: { items: ['a', 'b'], nextCursor: '2' }, 2: { items: [], nextCursor: '3' }, 3: { items: ['b', 'c'], nextCursor: null } };
  const asked: (string | undefined)[] = [];
  const fetchPage = (cursor: string | undefined): Promise<Page<string>> => {
    asked.push(cursor);
    return Promise.resolve(pages[cursor ?? 'first'] ?? { items: [] });
  };
  expect(await all(walkPages({ fetchPage, idOf: (item) => item, signal }))).toEqual(['a', 'b', 'c']);
  expect(asked).toEqual([undefined, '2', '3']);
});

test('fetches no page that nobody asked for', async () => {
  let fetched = 0;
  for await (const item of walkPages({ fetchPage: () => Promise.resolve({ items: ['a'], nextCursor: String((fetched += 1)) }), idOf: (item: string) => item + fetched, signal })) if (item === 'a') break;
  expect(fetched).toBe(1);
});

test('a cursor that comes twice is refused', async () => {
  await expect(all(walkPages({ fetchPage: () => Promise.resolve({ items: ['a'], nextCursor: 'same' }), idOf: (item: string) => item, signal }))).rejects.toMatchObject({ code: 'internal' });
});

test('an abort ends the walk between pages with its reason', async () => {
  const abort = new AbortController();
  const reason = new Error('enough');
  let page = 0;
  const walking = all(walkPages({ fetchPage: () => {
    if ((page += 1) === 2) abort.abort(reason);
    return Promise.resolve({ items: [`${page}`], nextCursor: `${page}` });
  }, idOf: (item) => item, signal: abort.signal }));
  await expect(walking).rejects.toBe(reason);
});

test('while items are added and removed none that stays is skipped or repeated (cursor: the last id seen)', async () => {
  await fc.assert(fc.asyncProperty(fc.uniqueArray(fc.nat(999), { minLength: 1, maxLength: 40 }), fc.array(fc.record({ add: fc.boolean(), id: fc.nat(999) }), { maxLength: 20 }), fc.integer({ min: 1, max: 5 }), async (ids, changes, size) => {
    const live = new Set(ids);
    const touched = new Set(changes.map(({ id }) => id));
    const pending = [...changes];
    const fetchPage = (cursor: string | undefined): Promise<Page<number>> => {
      const rest = [...live].toSorted((a, b) => a - b).filter((id) => cursor === undefined || id > Number(cursor));
      const items = rest.slice(0, size);
      const change = pending.shift();
      if (change) {
        if (change.add) live.add(change.id);
        else live.delete(change.id);
      }
      return Promise.resolve({ items, nextCursor: rest.length > size ? String(items.at(-1)) : undefined });
    };
    const seen = await all(walkPages({ fetchPage, idOf: String, signal }));
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(ids.filter((id) => !touched.has(id))));
  }), { numRuns: 100 });
});
