import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRepository, openFileVolume, openRepository, restoreImage, restoreSnapshot, rollback, takeSnapshot, type TakenSnapshot } from '../src/index.ts';
import { decodeRepositoryConfig, encodeRepositoryConfig, type RepositoryConfig } from '../src/format/repository-config.ts';
import { openSealedFile, sealFile } from '../src/format/sealed-file.ts';
import { checkRepository } from '../src/repository/check-repository.ts';
import { repairRepository } from '../src/repository/repair/repair-repository.ts';
import type { Repository } from '../src/repository/repository.ts';
import { pendingRollbacks, putIntent } from '../src/repository/rollback-intent.ts';
import { makeScratchFolder } from './scratch-folder.ts';
import { noise } from './support/noise.ts';
import { loadSampleSnapshot, takeSampleSnapshot } from './sample-snapshot.ts';

// What somebody does who can write to the storage and has no key, or had one once.
const ada = { key: new Uint8Array(32).fill(1) };
const bob = { key: new Uint8Array(32).fill(2) };
const carol = { key: new Uint8Array(32).fill(3) };
const code = (name: string): unknown => expect.objectContaining({ code: name });
const text = (word: string): Uint8Array[] => [Buffer.from(word.repeat(30))];

async function makeRepository() {
  const folder = join(await makeScratchFolder(), 'repository');
  const repository = await createRepository({ path: folder, profile: 'small', hash: 'sha-256', compression: 'none', encryption: ada });
  const first = await takeSampleSnapshot(repository, text('from before '));
  const open = (credential: typeof ada = ada): Promise<Repository> => openRepository({ path: folder, ...credential });
  const files = async (kind: string): Promise<string[]> => (await readdir(join(folder, kind))).map((name) => join(folder, kind, name)).toSorted();
  /** The data-key epochs that the packs say. */
  const packEpochs = async (): Promise<number[]> => Promise.all((await files('packs')).map(async (path) => (await readFile(path)).readUInt16LE(14)));
  return { folder, repository, first, open, files, packEpochs };
}

describe('a key file that is brought back', () => {
  /** Bob's key was removed and the data key rotated; his file and Ada's old one were kept aside. */
  async function rotateAwayFromBob() {
    const world = await makeRepository();
    const { id } = await world.repository.addKey(bob);
    const old = join(world.folder, '..', 'old keys');
    await cp(join(world.folder, 'keys'), old, { recursive: true });
    await world.repository.removeKey(id);
    await world.repository.rotateDataKey();
    const names = await readdir(old);
    const bobsName = names.find((name) => name.startsWith(id)) ?? '';
    const adasName = names.find((name) => !name.startsWith(id)) ?? '';
    return { ...world, id, bringBack: (name: string) => cp(join(old, name), join(world.folder, 'keys', name)), bobsName, adasName };
  }

  test('makes nobody write under the old data key, and is seen', async () => {
    const { open, bringBack, bobsName, packEpochs, id } = await rotateAwayFromBob();
    await bringBack(bobsName);
    const repository = await open();
    await takeSampleSnapshot(repository, text('secret since '));
    expect(new Set(await packEpochs())).toEqual(new Set([1, 2]));
    expect((await repository.listKeys()).map(({ id: each, isOutdated }) => [each === id, isOutdated])).toEqual(expect.arrayContaining([[true, true], [false, false]]));
    await expect(repository.rotateDataKey()).rejects.toEqual(code('repository/wrong-key'));
    await repository.removeKey(id);
    await repository.rotateDataKey();
    await takeSampleSnapshot(await open(), text('secret since then '));
    expect(new Set(await packEpochs())).toEqual(new Set([1, 2, 3]));
  });

  test('opens for its holder what is older than the rotation, and nothing else; he writes nothing', async () => {
    const { open, bringBack, bobsName, first, folder } = await rotateAwayFromBob();
    const secret = await takeSampleSnapshot(await open(), text('secret since '));
    await bringBack(bobsName);
    const his = await open(bob);
    expect(Buffer.concat(await loadSampleSnapshot(his, first)).toString()).toContain('from before');
    await expect(loadSampleSnapshot(his, secret)).rejects.toEqual(code('repository/key-outdated'));
    const calls: Record<string, () => Promise<unknown>> = {
      snapshot: () => takeSampleSnapshot(his, text('by Bob ')),
      record: () => his.withLease('shared', () => his.putRecord('r', Buffer.from('by Bob'))),
      forget: () => his.withLease('shared', () => his.forgetSnapshot(first.id)),
      prune: () => his.prune({ graceMs: 0 }),
      check: () => his.check({ readData: true }),
      'check without opening': () => checkRepository({ path: folder, ...bob }),
      repair: () => repairRepository({ path: folder, ...bob }),
      'add a key': () => his.addKey(carol),
      'change of passphrase': () => his.changePassphrase(carol),
      'remove a key': async () => his.removeKey((await his.listKeys()).find(({ isOwn }) => !isOwn)?.id ?? ''),
      rotation: () => his.rotateDataKey({ others: [ada] }),
    };
    for (const [what, call] of Object.entries(calls)) await expect(call(), what).rejects.toEqual(code('repository/key-outdated'));
    const hers = await open();
    expect(await hers.check({ readData: true })).toMatchObject({ intact: true });
    expect((await hers.listSnapshots()).snapshots).toHaveLength(2);
    expect(await hers.listKeys()).toHaveLength(2);
  });

  test('stores nothing and restores nothing by halves: trees and images, in threads too', async () => {
    const { folder, repository, open, files } = await makeRepository();
    await repository.addKey(bob);
    const scratch = join(folder, '..');
    const [tree, disk] = [join(scratch, 'tree'), join(scratch, 'disk')];
    await mkdir(tree);
    await writeFile(join(tree, 'gone'), noise(1, 200_000));
    await writeFile(join(tree, 'kept'), noise(2, 100_000));
    await writeFile(disk, noise(3, 300_000));
    const takeImage = async (from: Repository): Promise<TakenSnapshot> => {
      const volume = await openFileVolume(disk);
      try {
        return await takeSnapshot(from, { kind: 'volume', volume }, { workers: 2 });
      } finally {
        await volume.close();
      }
    };
    const old = await takeSnapshot(repository, { kind: 'directory', path: tree });
    await rm(join(tree, 'gone'));
    const moved = await takeSnapshot(repository, { kind: 'directory', path: tree });
    await repository.withLease('shared', () => repository.forgetSnapshot(old.record.id));
    const names = await readdir(join(folder, 'keys'));
    const aside = join(scratch, 'old keys');
    await cp(join(folder, 'keys'), aside, { recursive: true });
    await repository.rotateDataKey({ others: [bob] });
    // What the tree needs goes to a pack under the second data key, the tree itself stays under the first.
    const hers = await open();
    await hers.prune({ graceMs: 0, rewriteAboveDeadShare: 0 });
    await hers.prune({ graceMs: 0 });
    const image = await takeImage(hers);
    for (const path of await files('keys')) await rm(path);
    for (const name of names) await cp(join(aside, name), join(folder, 'keys', name));

    const his = await open(bob);
    const before = await files('packs');
    await writeFile(join(tree, 'new'), noise(4, 300_000));
    for (const workers of [0, 2]) await expect(takeSnapshot(his, { kind: 'directory', path: tree }, { workers })).rejects.toEqual(code('repository/key-outdated'));
    await writeFile(disk, noise(5, 300_000));
    await expect(takeImage(his)).rejects.toEqual(code('repository/key-outdated'));
    expect(await files('packs')).toEqual(before);
    await expect(restoreSnapshot(his, moved.record.id, join(scratch, 'restored'))).rejects.toEqual(code('repository/key-outdated'));
    await expect(rollback(his, moved.record.id, tree, { operationId: 'op' })).rejects.toEqual(code('repository/key-outdated'));
    const target = await openFileVolume(disk);
    await expect(restoreImage(his, image.record.id, target)).rejects.toEqual(code('repository/key-outdated'));
    await target.close();
  });

  test('in the place of a newer one is told from the packs that are there', async () => {
    const { open, bringBack, adasName, files, first } = await rotateAwayFromBob();
    await takeSampleSnapshot(await open(), text('secret since '));
    await rm((await files('keys'))[0] ?? '');
    await bringBack(adasName);
    const deceived = await open();
    await expect(takeSampleSnapshot(deceived, text('more '))).rejects.toEqual(code('repository/key-outdated'));
    expect(Buffer.concat(await loadSampleSnapshot(deceived, first)).toString()).toContain('from before');
  });

  test.each(['index', 'packs'])('is told from what is left when the %s files are taken away, and by whoever needs nothing of them', async (gone) => {
    const { open, bringBack, adasName, files, folder } = await rotateAwayFromBob();
    const hers = await open();
    const secret = await takeSampleSnapshot(hers, text('secret since '));
    await hers.withLease('shared', () => hers.forgetSnapshot(secret.id));
    await rm((await files('keys'))[0] ?? '');
    await bringBack(adasName);
    for (const path of await files(gone)) if (gone === 'index' || (await readFile(path)).readUInt16LE(14) === 2) await rm(path);
    const everything = async () => Promise.all((await readdir(folder, { recursive: true })).toSorted().map(async (path) => (path.includes('/') ? `${path} ${(await readFile(join(folder, path))).toString('hex')}` : path)));
    const before = await everything();
    const deceived = await open();
    const calls: Record<string, () => Promise<unknown>> = {
      snapshot: () => takeSampleSnapshot(deceived, text('more ')),
      prune: () => deceived.prune({ graceMs: 0 }),
      'plan of a prune': () => deceived.prune({ dryRun: true }),
      check: () => checkRepository({ path: folder, ...ada, readData: true }),
      repair: () => repairRepository({ path: folder, ...ada }),
      'plan of a repair': () => repairRepository({ path: folder, ...ada, dryRun: true }),
    };
    for (const [what, call] of Object.entries(calls)) await expect(call(), what).rejects.toEqual(code('repository/key-outdated'));
    expect(await everything()).toEqual(before);
  });

  test('beside a newer one for the same raw key is not the one that is used', async () => {
    const { repository, open, folder, packEpochs, files } = await makeRepository();
    const { id } = await repository.addKey(bob);
    const [bobsOld = ''] = (await files('keys')).filter((path) => path.includes(id));
    const aside = join(folder, '..', 'aside');
    await rename(bobsOld, aside);
    await repository.rotateDataKey();
    await repository.addKey(bob);
    await rename(aside, bobsOld);
    await takeSampleSnapshot(await open(bob), text('by Bob '));
    expect(new Set(await packEpochs())).toEqual(new Set([1, 2]));
  });

  test('does not make a rotation finish an old one in place of a new data key', async () => {
    const { repository, open, folder, files, packEpochs } = await makeRepository();
    const { id } = await repository.addKey(carol);
    const aside = join(folder, '..', 'aside');
    await cp((await files('keys')).find((path) => path.includes(id)) ?? '', aside);
    await repository.rotateDataKey({ others: [carol] });
    const carols = (await files('keys')).find((path) => path.includes(id)) ?? '';
    await rename(aside, carols.replace('-0002', '-0001'));
    await rm(carols);
    await (await open()).rotateDataKey({ others: [carol] });
    for (const credential of [ada, carol]) await takeSampleSnapshot(await open(credential), text(`by ${credential.key[0]} `));
    expect(new Set(await packEpochs())).toEqual(new Set([1, 3]));
  });
});

test('key files of two rotations that did not know of each other are not made one', async () => {
  const { repository, open, files, folder } = await makeRepository();
  await repository.addKey(carol);
  const keys = join(folder, 'keys');
  const [first, second] = [join(folder, '..', 'first'), join(folder, '..', 'second')];
  await cp(keys, first, { recursive: true });
  await repository.rotateDataKey({ others: [carol] });
  await rename(keys, second);
  await rename(first, keys);
  await (await open()).rotateDataKey({ others: [carol] });
  const [one = ''] = await readdir(keys);
  await cp(join(second, one), join(keys, one));
  await expect((await open()).rotateDataKey({ others: [carol] })).rejects.toEqual(code('format/damaged'));
  expect((await files('keys')).every((path) => path.endsWith('-0002'))).toBe(true);
});

test('the last key that has all data keys is not removed', async () => {
  const { repository, open, files } = await makeRepository();
  const { id } = await repository.addKey(bob);
  const aside = new Map(await Promise.all((await files('keys')).map(async (path) => [path, await readFile(path)] as const)));
  await repository.rotateDataKey({ others: [bob] });
  for (const path of await files('keys')) if (path.includes(id)) await rm(path);
  for (const [path, bytes] of aside) if (path.includes(id)) await writeFile(path, bytes);
  const hers = await open();
  const own = (await hers.listKeys()).find(({ isOwn }) => isOwn)?.id ?? '';
  await expect(hers.removeKey(own)).rejects.toEqual(code('argument/invalid'));
  await hers.removeKey(id);
});

describe('a config that was changed', () => {
  const changes: Record<string, Partial<RepositoryConfig>> = {
    compression: { compression: 'zstd' },
    profile: { profile: 'large' },
    hash: { hash: 'blake3' },
    'time of creation': { createdAtMs: 5 },
  };

  /** Seals a changed config anew, as anybody can. */
  async function rewriteConfig(path: string, change: Partial<RepositoryConfig>, secret?: Uint8Array): Promise<void> {
    const { payload, repositoryId } = openSealedFile('config', await readFile(path), 'the config');
    const stored = decodeRepositoryConfig(payload, repositoryId);
    await writeFile(path, sealFile('config', { repositoryId }, encodeRepositoryConfig({ config: { ...stored.config, ...change }, secret: secret ?? stored.secret })));
  }

  test.each(Object.entries(changes))('in its %s is refused by whoever opens, checks or repairs', async (_, change) => {
    const { folder, open, files } = await makeRepository();
    for (const path of await files('config')) await rewriteConfig(path, change);
    await expect(open()).rejects.toMatchObject({ code: 'format/damaged', message: expect.stringContaining('config') });
    await expect(repairRepository({ path: folder, ...ada })).rejects.toEqual(code('format/damaged'));
    const report = await checkRepository({ path: folder, ...ada });
    expect(report).toMatchObject({ intact: false, findings: [{ file: 'config/primary', message: expect.stringContaining('changed') }] });
  });

  test('in its primary copy alone is refused too, and the other copy still opens', async () => {
    const { folder, open } = await makeRepository();
    await rewriteConfig(join(folder, 'config', 'primary'), { compression: 'zstd' });
    await expect(open()).rejects.toEqual(code('format/damaged'));
    await rm(join(folder, 'config', 'primary'));
    expect(await (await open()).check()).toMatchObject({ damagedSnapshots: [] });
  });

  test('to one without encryption is refused, with a key and without', async () => {
    const { folder, open, files } = await makeRepository();
    for (const path of await files('config')) await rewriteConfig(path, { encryption: 'none' }, new Uint8Array(32));
    await expect(open()).rejects.toEqual(code('repository/wrong-key'));
    await expect(openRepository({ path: folder })).rejects.toEqual(code('repository/key-required'));
    for (const path of await files('index')) await rm(path);
    await expect(openRepository({ path: folder })).rejects.toEqual(code('repository/key-required'));
  });
});

describe('files under each other\'s names', () => {
  async function swap(one: string, other: string): Promise<void> {
    await rename(one, `${one}-aside`);
    await rename(other, one);
    await rename(`${one}-aside`, other);
  }

  test('are damaged: records', async () => {
    const { folder, repository } = await makeRepository();
    await repository.withLease('shared', async () => {
      await repository.putRecord('one', Buffer.from('what one is about'));
      await repository.putRecord('other', Buffer.from('what the other is about'));
    });
    expect(Buffer.from((await repository.getRecord('one')) ?? []).toString()).toBe('what one is about');
    await swap(join(folder, 'intents', 'one'), join(folder, 'intents', 'other'));
    for (const name of ['one', 'other']) await expect(repository.getRecord(name)).rejects.toEqual(code('format/damaged'));
    expect((await repository.check()).findings.map(({ file }) => file).toSorted()).toEqual(['intent/one', 'intent/other']);
    expect((await repairRepository({ path: folder, ...ada, dryRun: true })).actions.filter(({ action }) => action === 'keep').map(({ file }) => file).toSorted()).toEqual(['intent/one', 'intent/other']);
  });

  test('are damaged: intents of rollbacks, without encryption too', async () => {
    const folder = join(await makeScratchFolder(), 'repository');
    const repository = await createRepository({ path: folder, profile: 'small' });
    const intent = (operationId: string) => ({ operationId, snapshotId: 'a'.repeat(32), kind: 'tree', target: `/${operationId}`, startedAtMs: 1 }) as const;
    await repository.withLease('shared', async () => {
      await putIntent(repository, intent('one'), {});
      await putIntent(repository, intent('other'), {});
    });
    expect(await pendingRollbacks(repository)).toHaveLength(2);
    const [one = '', other = ''] = (await readdir(join(folder, 'intents'))).map((name) => join(folder, 'intents', name));
    await swap(one, other);
    await expect(pendingRollbacks(repository)).rejects.toEqual(code('format/damaged'));
  });

  test.each(['snapshots', 'epochs', 'index', 'packs', 'keys'])('are damaged: %s', async (kind) => {
    const { repository, first, files } = await makeRepository();
    await repository.addKey(bob);
    await takeSampleSnapshot(repository, text('second '));
    await repository.withLease('shared', () => repository.forgetSnapshot(first.id));
    await repository.prune();
    await takeSampleSnapshot(repository, text('third '));
    // There is but one epoch: it gets the name of the next.
    const [one = '', other = one.replace('00000001', '00000002')] = await files(kind);
    if (kind === 'epochs') await rename(one, other);
    else await swap(one, other);
    const found = new Set((await repository.check()).findings.map(({ file }) => file.split('/')[0]));
    expect(found).toContain({ snapshots: 'snapshot', epochs: 'epoch', index: 'index', packs: 'pack', keys: 'key' }[kind]);
  });
});
