import { expect, test } from 'vitest';
import { createRepository } from '../repository/open-repository.ts';
import type { Repository } from '../repository/repository.ts';
import { createMemoryStorage } from '../storage/memory-storage.ts';
import { ContentBuilder } from './content-builder.ts';
import { countStored } from './count-stored.ts';

test('counts the chunks of a content with lists of lists, and misses any one object below it', async () => {
  const repository = await createRepository({ storage: createMemoryStorage() });
  const lists: string[] = [];
  const { content, chunkIds } = await repository.withLease('shared', async () => {
    const builder = new ContentBuilder(repository, 'data', ({ id }) => lists.push(id));
    const ids: string[] = [];
    for (let index = 0; index < 8_000; index++) {
      const { id } = await repository.save(Buffer.from(String(index)), 'data');
      ids.push(id);
      await builder.add({ kind: 'data', id, lengthBytes: 4, cut: 'content', measure: 4 }, {});
    }
    return { content: await builder.finish({}), chunkIds: ids };
  });
  expect(content.level).toBeGreaterThan(1);
  expect(await countStored(repository, content, {})).toBe(8_000);
  for (const lost of [lists[0], lists.at(-1), chunkIds[0], chunkIds.at(-1)]) {
    const lossy: Repository = { ...repository, has: (id, kind) => id !== lost && repository.has(id, kind) };
    expect(await countStored(lossy, content, {})).toBeUndefined();
  }
});
