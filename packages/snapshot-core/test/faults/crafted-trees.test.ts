import { lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createMemoryStorage, createRepository, decodeTreeObject, diffSnapshotAgainstDirectory, diffSnapshots, encodeTreeObject, listSnapshot, openRepository, repairRepository, restoreSnapshot, rollback, summarizeChanges,
  type ContentReference, type DirectoryEntry, type FileEntry, type Repository, type Storage, type SymlinkEntry, type TreeEntry,
} from '../../src/index.ts';
import { encodeTreeNode, type TreeNode } from '../../src/format/tree-payload.ts';
import { describeTree } from '../support/describe-tree.ts';
import { usualOrLong } from '../support/long-tests.ts';
import { scratchDirectory, subdirectory } from '../support/scratch.ts';
import { codeOf } from './small-repository.ts';

const facts = { mode: 0o755, userId: process.getuid?.() ?? 0, groupId: process.getgid?.() ?? 0, size: 0, modifiedMicros: 1n, changedNanos: 1n, device: 1n, inode: 1n, linkCount: 1 };

/** Trees that no snapshot makes, in a repository of their own; their objects are sound. */
async function setUp() {
  const scratch = scratchDirectory();
  const outside = subdirectory(scratch, 'outside');
  writeFileSync(join(outside, 'precious'), 'precious');
  const storage = createMemoryStorage();
  const repository = await createRepository({ storage, profile: 'small' });
  const data = Buffer.from('crafted');
  const save = async (bytes: Uint8Array, kind: 'data' | 'tree') => ({ kind, id: (await repository.save(bytes, kind)).id, lengthBytes: bytes.length, cut: 'end' as const });
  const saveNode = (node: TreeNode) => save(encodeTreeObject(encodeTreeNode(node)), 'tree');
  const craft = {
    file: async (name: Buffer | string): Promise<FileEntry> => ({ type: 'file', ...facts, name: Buffer.from(name), size: data.length, torn: false, settled: true, sparse: false, content: { level: 0, references: [{ ...(await save(data, 'data')), measure: data.length }] } }),
    symlink: (name: string, target: string): SymlinkEntry => ({ type: 'symlink', ...facts, name: Buffer.from(name), size: target.length, target: Buffer.from(target) }),
    page: async (entries: readonly TreeEntry[]): Promise<ContentReference> => ({ ...(await saveNode({ type: 'page', entries })), measure: Math.max(1, entries.length) }),
    directory: (name: Buffer | string, pages: readonly ContentReference[]): DirectoryEntry => ({ type: 'directory', ...facts, name: Buffer.from(name), size: pages.reduce((sum, { measure }) => sum + measure, 0), content: { level: 0, references: pages } }),
  };
  const commit = async (root: TreeEntry | Uint8Array) => {
    const { id: rootId } = root instanceof Uint8Array ? await save(root, 'tree') : await saveNode({ type: 'root', entry: root });
    return (await repository.commitSnapshot({
      generation: 0, timeMs: 1, hostname: 'h', labels: [], source: { kind: 'tree', description: '/' }, rootId, incomplete: false,
      statistics: { entryCount: 1, totalBytes: 1, chunkCount: 1, addedBytes: 1, durationMs: 1 },
    })).id;
  };
  return { scratch, outside, storage, repository, craft, commit, save, leased: <T>(work: () => Promise<T>) => repository.withLease('shared', work) };
}

let targets = 0;

/** Does everything that reads a snapshot; nothing may change outside of the targets, and errors must have a code. */
async function useEverywhere(repository: Repository, storage: Storage, id: string, scratch: string, outside: string): Promise<void> {
  const target = subdirectory(scratch, `target-${targets++}`);
  const before = await describeTree(outside);
  const ignore = (error: unknown) => void codeOf(error);
  await restoreSnapshot(repository, id, join(target, 'restored')).catch(ignore);
  await restoreSnapshot(repository, id, join(target, 'restored'), { overwrite: true }).catch(ignore);
  mkdirSync(join(target, 'rolled'));
  await rollback(repository, id, join(target, 'rolled'), { operationId: `r${targets}`, supersede: true }).catch(ignore);
  await drain(diffSnapshots(repository, id, id)).catch(ignore);
  await drain(diffSnapshotAgainstDirectory(repository, id, join(target, 'rolled'))).catch(ignore);
  await drain(listSnapshot(repository, id)).catch(ignore);
  await repository.check({ readData: true });
  await repairRepository({ storage, dryRun: true }).catch(ignore);
  expect(await describeTree(outside)).toEqual(before);
  // What leads out of the target would land beside its folders.
  expect((await describeTree(target)).filter((line) => /^(?!restored|rolled| )/.test(line))).toEqual([]);
}

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const item of items) if (item === undefined) throw new TypeError('nothing');
}

describe('a crafted tree', () => {
  test.each(['..', '.', '', '../outside/new', '/new', 'a/b', 'a\0b', 'x'.repeat(1_025), '../../outside/precious'])('with the name %j in it is damage, and writes nothing outside', async (name) => {
    const { scratch, outside, storage, repository, craft, commit, leased } = await setUp();
    const id = await leased(async () => commit(craft.directory('', [await craft.page([await craft.file(name)])])));
    await useEverywhere(repository, storage, id, scratch, outside);
    const target = join(scratch, 'target');
    expect(await restoreSnapshot(repository, id, target)).toMatchObject({ complete: false, files: 0, issues: [{ reason: 'damaged' }] });
    await expect(rollback(repository, id, target, { operationId: 'x' })).rejects.toMatchObject({ code: 'format/damaged' });
  });

  test('whose directory names a symlink twice does not write through it', async () => {
    const { scratch, outside, storage, repository, craft, commit, leased } = await setUp();
    const id = await leased(async () => {
      const inner = craft.directory('a', [await craft.page([await craft.file('precious')])]);
      return commit(craft.directory('', [await craft.page([craft.symlink('a', outside)]), await craft.page([inner])]));
    });
    await useEverywhere(repository, storage, id, scratch, outside);
    expect(readFileSync(join(outside, 'precious'), 'utf8')).toBe('precious');
  });

  test.each([false, true])('meets symlinks in the target in the place of its directories and files, and follows none (overwrite: %s)', async (overwrite) => {
    const { scratch, outside, repository, craft, commit, leased } = await setUp();
    const id = await leased(async () => commit(craft.directory('', [await craft.page([craft.directory('a', [await craft.page([await craft.file('precious')])]), await craft.file('b')])])));
    const before = await describeTree(outside);
    for (const [name, use] of [['r', (target: string) => restoreSnapshot(repository, id, target, { overwrite })], ['x', (target: string) => rollback(repository, id, target, { operationId: 'x', supersede: true })]] as const) {
      const target = subdirectory(scratch, `target-${name}`);
      symlinkSync(outside, join(target, 'a'));
      symlinkSync(join(outside, 'precious'), join(target, 'b'));
      expect(await use(target)).toMatchObject({ complete: name === 'x' || overwrite });
      expect(await describeTree(outside)).toEqual(before);
      expect(lstatSync(join(target, 'a')).isSymbolicLink()).toBe(name === 'r' && !overwrite);
    }
  });

  test.each([
    ['a count of entries beyond its bytes', (payload: Buffer) => payload.writeUInt32LE(0xffff_ffff, 2)],
    ['a newer version', (payload: Buffer) => payload.writeUInt8(9, 0)],
    ['an unknown type', (payload: Buffer) => payload.writeUInt8(7, 1)],
  ])('with %s costs no memory, and is refused', async (_, spoil) => {
    const { scratch, outside, storage, repository, craft, commit, save, leased } = await setUp();
    const id = await leased(async () => {
      const page = await craft.page([await craft.file('a')]);
      const tree = decodeTreeObject(await repository.load(page.id));
      const payload = Buffer.from(tree.payload);
      spoil(payload);
      return commit(craft.directory('', [{ ...(await save(encodeTreeObject({ ...tree, payload }), 'tree')), measure: 1 }]));
    });
    await useEverywhere(repository, storage, id, scratch, outside);
    const restored = await restoreSnapshot(repository, id, join(scratch, 'restored')).then(({ complete }) => `complete ${complete}`, codeOf);
    expect(['complete false', 'format/unsupported']).toContain(restored);
  });

  test('with sizes and lengths that lie is refused where it is read', async () => {
    const { scratch, outside, storage, repository, craft, commit, leased } = await setUp();
    const bomb = 2 ** 50;
    const ids = await leased(async () => {
      const file = await craft.file('a');
      const [chunk] = file.content.references;
      if (chunk === undefined) throw new TypeError('no chunk');
      const long: FileEntry = { ...file, size: 4_000_000_000, content: { level: 0, references: [{ ...chunk, lengthBytes: 4_000_000_000, measure: 4_000_000_000 }] } };
      const huge = { ...file, size: bomb };
      return [
        await commit(craft.directory('', [await craft.page([long])])),
        await commit(craft.directory('', [await craft.page([huge])])),
        await commit(craft.directory('', [{ ...(await craft.page([file])), measure: bomb }])),
      ];
    });
    for (const id of ids) {
      await useEverywhere(repository, storage, id, scratch, outside);
      expect(await restoreSnapshot(repository, id, join(scratch, `restored-${id}`))).toMatchObject({ complete: false, files: 0 });
    }
  });

  test('of 2^40 paths over 40 objects is checked, pruned and repaired in as many steps as it has objects, and a walk through it can be aborted', async () => {
    const { storage, repository, craft, commit, leased } = await setUp();
    const id = await leased(async () => {
      let page = await craft.page([await craft.file('leaf')]);
      for (let level = 0; level < 40; level++) page = await craft.page([craft.directory('a', [page]), craft.directory('b', [page])]);
      return commit(craft.directory('', [page]));
    });
    expect(await repository.check({ readData: true })).toMatchObject({ intact: true });
    await repository.prune({ graceMs: 0 });
    expect(await repairRepository({ storage })).toMatchObject({ actions: [] });
    const abort = new AbortController();
    let seen = 0;
    await expect((async () => {
      for await (const item of listSnapshot(repository, id, { signal: abort.signal })) if (item.step === 'entry' && ++seen === 1_000) abort.abort(new DOMException('enough', 'AbortError'));
    })()).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('that is lost under 2^40 paths is repaired in as many steps as it has objects', async () => {
    const { storage, repository, craft, commit, leased } = await setUp();
    await leased(async () => {
      let page = await craft.page([await craft.file('leaf')]);
      for (let level = 0; level < 40; level++) page = await craft.page([craft.directory('a', [page]), craft.directory('b', [page])]);
      return commit(craft.directory('', [page]));
    });
    const { packName = '' } = repository.locate(repository.identify(Buffer.from('crafted'))) ?? {};
    await storage.delete('pack', packName);
    const { actions } = await repairRepository({ storage });
    expect(actions.map(({ action }) => action)).toEqual(['list', 'replace']);
    expect(await (await openRepository({ storage })).check({ readData: true })).toMatchObject({ intact: true });
  });

  test('nested 1,500 directories deep is walked, compared, restored and rolled back to', { timeout: 60_000 }, async () => {
    const { scratch, repository, craft, commit, leased } = await setUp();
    const depth = 1_500;
    const id = await leased(async () => {
      let page = await craft.page([await craft.file('leaf')]);
      for (let level = 0; level < depth; level++) page = await craft.page([craft.directory('d', [page])]);
      return commit(craft.directory('', [page]));
    });
    let entries = 0;
    for await (const { step } of listSnapshot(repository, id)) if (step === 'entry') entries++;
    expect(entries).toBe(depth + 2);
    expect(await repository.check()).toMatchObject({ intact: true });
    expect(await restoreSnapshot(repository, id, join(scratch, 'restored'))).toMatchObject({ complete: true, directories: depth + 1 });
    const target = subdirectory(scratch, 'target');
    expect(await rollback(repository, id, target, { operationId: 'x' })).toMatchObject({ complete: true });
    expect(await summarizeChanges(diffSnapshotAgainstDirectory(repository, id, target))).toMatchObject({ added: { count: 0 }, removed: { count: 0 }, changed: { count: 0 } });
    expect(readFileSync(join(target, 'd/'.repeat(depth), 'leaf'), 'utf8')).toBe('crafted');
  });

  test('cannot refer to itself: what a tree refers to is stored before it, under the hash of its bytes', async () => {
    const { craft, save, leased } = await setUp();
    await leased(async () => {
      const page = await craft.page([await craft.file('a')]);
      const own = { ...page, id: 'ab'.repeat(32) };
      await expect(save(encodeTreeObject(encodeTreeNode({ type: 'page', entries: [craft.directory('d', [own])] })), 'tree')).rejects.toMatchObject({ code: 'object/missing' });
    });
  });

  test('of any bytes whatever gives errors with codes, and writes nothing outside', { timeout: usualOrLong(60_000, 600_000) }, async () => {
    const { scratch, outside, storage, repository, craft, commit, save, leased } = await setUp();
    const change = fc.record({ at: fc.nat(400), value: fc.nat(255), isCut: fc.boolean() });
    await fc.assert(fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), fc.boolean(), async (changes, inPage) => {
      const id = await leased(async () => {
        const page = await craft.page([craft.directory('d', [await craft.page([await craft.file('f')])]), await craft.file('e'), craft.symlink('s', outside)]);
        const root = craft.directory('', [page]);
        const spoiled = async (bytes: Uint8Array) => {
          const tree = decodeTreeObject(bytes);
          let payload = Buffer.from(tree.payload);
          for (const { at, value, isCut } of changes) {
            if (isCut) payload = payload.subarray(0, at % (payload.length + 1));
            else if (payload.length > 0) payload[at % payload.length] = value;
          }
          return encodeTreeObject({ ...tree, payload });
        };
        if (!inPage) return commit(await spoiled(encodeTreeObject(encodeTreeNode({ type: 'root', entry: root }))));
        return commit(craft.directory('', [{ ...(await save(await spoiled(await repository.load(page.id)), 'tree')), measure: page.measure }]));
      });
      await useEverywhere(repository, storage, id, scratch, outside);
      await leased(() => repository.forgetSnapshot(id));
    }), { numRuns: usualOrLong(30, 1_000) });
  });
});
