import { expect, test } from 'vitest';
import type { SymlinkEntry } from '../format/tree-entry.ts';
import { createRepository } from '../repository/open-repository.ts';
import { createMemoryStorage } from '../storage/memory-storage.ts';
import { PageBuilder } from './page-builder.ts';
import type { SavedNode } from './tree-objects.ts';

test('entries with long attributes do not make a page huge', async () => {
  const repository = await createRepository({ storage: createMemoryStorage() });
  const saved: SavedNode[] = [];
  const content = await repository.withLease('shared', async () => {
    const pages = new PageBuilder(repository, (node) => saved.push(node));
    for (let index = 0; index < 60; index++) {
      const value = new Uint8Array(65_536).fill(index);
      const entry: SymlinkEntry = {
        type: 'symlink', name: Buffer.from(`link-${index + 100}`), target: Buffer.from('x'), size: 1, mode: 0o777, userId: 0, groupId: 0,
        modifiedMicros: 0n, changedNanos: 0n, device: 0n, inode: 0n, linkCount: 1, attributes: { complete: true, list: [{ name: Buffer.from('user.long'), value }] },
      };
      await pages.add(entry, {});
    }
    return pages.finish({});
  });
  expect(content.references.map(({ measure }) => measure)).toEqual([16, 16, 16, 12]);
  expect(Math.max(...saved.map(({ lengthBytes }) => lengthBytes))).toBeLessThan(1_200_000);
});
