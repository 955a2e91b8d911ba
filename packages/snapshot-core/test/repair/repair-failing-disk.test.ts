import { mkdirSync, renameSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CopySet } from '../../src/chunk-index/copy-set.ts';
import { createFolderStorage, repairRepository } from '../../src/index.ts';
import { readConfigFiles } from '../../src/repository/config-files.ts';
import { createRepositoryState } from '../../src/repository/create-repository-state.ts';
import { createProcessHolder } from '../../src/repository/process-holder.ts';
import { inspectSnapshots } from '../../src/repository/repair/inspect-snapshots.ts';
import { reloadIndex } from '../../src/repository/repository-state.ts';
import { unlockRepository } from '../../src/repository/unlock-repository.ts';
import { loadRootEntry, saveTreeNode } from '../../src/snapshot/tree-objects.ts';
import { collect } from '../collect.ts';
import { createFaultStorage, flipBit } from '../fault-storage.ts';
import { setUpWorld } from './repair-world.ts';

test('a disk that decays between the look and the repair costs no snapshot', async () => {
  const world = await setUpWorld();
  const opened = await world.open();
  // A root in a frame of its own, so that it is read again when the repair is carried out.
  const record = await opened.withLease('shared', async () => {
    const entry = await loadRootEntry(opened, world.second.rootId, {});
    const root = await saveTreeNode(opened, { type: 'root', entry: { ...entry, mode: 0o700 } }, {});
    const committed = await opened.commitSnapshot({ ...world.second, rootId: root.id });
    for (const other of [world.first, world.second]) await opened.forgetSnapshot(other.id);
    return committed;
  });
  const rootPack = opened.locate(record.rootId)?.packName;
  const inner = createFolderStorage({ path: world.path });
  const [lost] = (await collect(inner.list('pack'))).toSorted((a, b) => b.sizeBytes - a.sizeBytes);
  let isWriting = false;
  const storage = createFaultStorage({
    ...inner,
    // The largest pack has a hole; the pack of the root breaks when the repair begins to write.
    get: async (kind, name, call) => (name === lost?.name ? flipBit(await inner.get(kind, name, call), 8 * 1_000) : inner.get(kind, name, call)),
    getRange: async (kind, name, offset, lengthBytes, call) => {
      const bytes = await inner.getRange(kind, name, offset, lengthBytes, call);
      if (name === lost?.name && offset <= 1_000 && offset + lengthBytes > 1_000) return flipBit(bytes, 8 * (1_000 - offset));
      return name === rootPack && isWriting ? flipBit(bytes, 0) : bytes;
    },
  });
  storage.beforeWrite = (_, kind) => {
    if (kind !== 'lease') isWriting = true;
  };
  expect((await repairRepository({ storage, dryRun: true })).actions).toContainEqual(expect.objectContaining({ action: 'replace', file: `snapshot/${record.id}` }));
  isWriting = false;
  await expect(repairRepository({ storage })).rejects.toMatchObject({ code: 'object/damaged' });
  const { snapshots } = await (await world.open()).listSnapshots();
  expect(snapshots.map(({ rootId }) => rootId)).toContain(record.rootId);
});

test('a directory that cannot be read for once costs no snapshot', async () => {
  const { path, open, second } = await setUpWorld();
  const storage = createFolderStorage({ path });
  const access = await unlockRepository(storage, await readConfigFiles(storage), (lengthBytes) => new Uint8Array(lengthBytes));
  const state = createRepositoryState(storage, access, { holder: createProcessHolder() });
  await reloadIndex(state);
  const packs = (await collect(storage.list('pack'))).map(({ name }) => join(path, 'packs', name));
  for (const pack of packs) {
    renameSync(pack, `${pack}.away`);
    // Opens, and cannot be read.
    mkdirSync(pack);
  }
  await expect(inspectSnapshots(state, [second], new CopySet())).rejects.toMatchObject({ code: 'storage/failed' });
  for (const pack of packs) {
    rmdirSync(pack);
    renameSync(`${pack}.away`, pack);
  }
  expect((await (await open()).check({ readData: true })).intact).toBe(true);
});
