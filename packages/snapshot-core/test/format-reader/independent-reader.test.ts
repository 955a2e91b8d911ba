import { createHash } from 'node:crypto';
import { chmodSync, closeSync, ftruncateSync, linkSync, lstatSync, lutimesSync, mkdirSync, openSync, readFileSync, readdirSync, readlinkSync, rmSync, symlinkSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRepository, openFileVolume, takeSnapshot } from '../../src/index.ts';
import type { CreateRepositoryOptions } from '../../src/index.ts';
import { setAttribute } from '../support/extended-attributes.ts';
import { noise } from '../support/noise.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { readRepository } from './read-repository.ts';
import type { Entry } from './read-repository.ts';

const key = new Uint8Array(32).fill(3);
const passphrase = 'Ångström, decomposed: A\u030angstro\u0308m';
const lock = { none: undefined, key: { key }, passphrase: { passphrase } };
const variants = (['sha-256', 'blake3'] as const).flatMap((hash) =>
  (['none', 'zstd'] as const).flatMap((compression) => (['none', 'key', 'passphrase'] as const).map((encryption) => ({ hash, compression, encryption }))),
);
type Variant = (typeof variants)[number];

const options = ({ encryption, ...rest }: Variant): Pick<CreateRepositoryOptions, 'compression' | 'encryption' | 'hash' | 'profile'> => ({ ...rest, profile: 'small', ...(lock[encryption] === undefined ? {} : { encryption: lock[encryption] }) });
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Everything that a restore brings back, by nothing but the file system. The size of a directory is its file system's business. */
function describeTree(path: Buffer, groups = new Map<bigint, string>()): string[] {
  return readdirSync(path, { encoding: 'buffer' }).toSorted((left, right) => Buffer.compare(left, right)).flatMap((name) => {
    const child = Buffer.concat([path, latin1('/'), name]);
    const { ino, mode, mtimeNs, size, nlink } = lstatSync(child, { bigint: true });
    const type = mode & 0o170000n;
    const facts = [name.toString('latin1'), mode.toString(8), type === 0o040000n ? '' : size, mtimeNs / 1_000n];
    if (type === 0o120000n) return [[...facts, readlinkSync(child, 'buffer').toString('latin1')].join(' ')];
    if (type === 0o040000n) return [facts.join(' '), ...describeTree(child, groups)];
    const first = nlink === 1n ? '' : groups.get(ino) ?? name.toString('latin1');
    groups.set(ino, first);
    return [[...facts, createHash('sha256').update(readFileSync(child)).digest('hex'), first].join(' ')];
  });
}

/** A tree with everything that the format can say about names, types and contents. */
function makeTree(root: string): void {
  mkdirSync(root);
  const file = (name: string | Buffer, content: Uint8Array | string, mode = 0o644): Buffer => {
    const path = Buffer.concat([latin1(`${root}/`), Buffer.from(name)]);
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  };
  file('empty', '');
  file('one', 'x', 0o7751);
  file('text', 'the same line again\n'.repeat(40_000));
  file('noise', noise(1, 700_000), 0o400);
  for (const name of ['-', ' ', '\\', 'line\nbreak', '*?"<>|', 'ä', 'a\u0308', '日本', '🜚', 'x'.repeat(255)]) file(name, `content of ${name}`);
  if (process.platform === 'linux') file(latin1('\xff\xfe not UTF-8 \x80'), 'bytes');
  const linked = file('a name', noise(2, 5_000));
  linkSync(linked, join(root, 'z another name'));
  mkdirSync(join(root, 'deep', 'deeper', 'deepest', 'empty'), { recursive: true });
  linkSync(linked, join(root, 'deep', 'third name'));
  symlinkSync('../text', join(root, 'deep', 'link'));
  symlinkSync(latin1('/nowhere/\xe4'), join(root, 'dangling'));
  const sparse = openSync(join(root, 'sparse'), 'w');
  writeSync(sparse, noise(3, 9_000), 0, 9_000, 2_000_000);
  ftruncateSync(sparse, 3_000_000);
  closeSync(sparse);
  setAttribute(join(root, 'one'), 'user.comment', 'an attribute');
  setAttribute(join(root, 'one'), 'user.empty', '');
  setAttribute(join(root, 'deep'), 'user.long', noise(4, 3_000));
  utimesSync(join(root, 'empty'), 0, -1.25);
  utimesSync(join(root, 'text'), 0, 1_234_567_890.123_457);
  lutimesSync(join(root, 'dangling'), 0, 2_000_000_000);
  chmodSync(join(root, 'deep', 'deeper'), 0o1750);
  utimesSync(join(root, 'deep', 'deeper'), 0, 987_654_321);
}

async function readBack(path: string, { encryption }: Variant) {
  const reader = await readRepository(path, lock[encryption]);
  const record = (id: string) => reader.snapshots.find((each) => each.id === id);
  const root = (id: string): Entry => {
    const [entry, ...others] = record(id)?.root() ?? [];
    expect(others).toEqual([]);
    if (entry === undefined) throw new Error(`The reader does not see snapshot ${id}.`);
    return entry;
  };
  return { ...reader, record, root };
}

describe.each(variants)('a reader that knows only the page: $hash, compression $compression, encryption $encryption', (variant) => {
  test('restores trees and images, also after a prune', { timeout: 60_000 }, async () => {
    const scratch = scratchDirectory();
    const [path, root, disk] = [join(scratch, 'repository'), join(scratch, 'tree'), join(scratch, 'disk')];
    makeTree(root);
    const image = noise(5, 500_000);
    writeFileSync(disk, image);
    const before = describeTree(Buffer.from(root));
    const repository = await createRepository({ path, ...options(variant) });
    const first = await takeSnapshot(repository, { kind: 'directory', path: root }, { labels: ['first', 'änderung'] });
    const volume = await openFileVolume(disk);
    const third = await takeSnapshot(repository, { kind: 'volume', volume });
    await volume.close();
    writeFileSync(join(root, 'text'), 'the same line, changed\n'.repeat(30_000));
    rmSync(join(root, 'deep'), { recursive: true });
    const changed = describeTree(Buffer.from(root));
    const second = await takeSnapshot(repository, { kind: 'directory', path: root }, { parent: first.record.id });

    const reader = await readBack(path, variant);
    expect(reader.record(first.record.id)).toMatchObject({ labels: ['first', 'änderung'], image: false, flags: 0, generation: 0, hostname: first.record.hostname, takenAtMs: first.record.timeMs });
    expect(reader.record(second.record.id)).toMatchObject({ labels: [], image: false, flags: 1, generation: 1, parent: first.record.id });
    reader.restore(reader.root(first.record.id), Buffer.from(join(scratch, 'first')));
    expect(describeTree(Buffer.from(join(scratch, 'first')))).toEqual(before);
    reader.restore(reader.root(second.record.id), Buffer.from(join(scratch, 'second')));
    expect(describeTree(Buffer.from(join(scratch, 'second')))).toEqual(changed);
    expect(lstatSync(join(scratch, 'second', 'sparse')).blocks).toBeLessThan(3_000_000 / 512);
    expect(Buffer.concat([...reader.content(reader.root(third.record.id))]).equals(image)).toBe(true);
    expect(reader.record(third.record.id)).toMatchObject({ image: true });
    expectAttributes(reader.children(reader.root(first.record.id)));

    await repository.withLease('shared', () => repository.forgetSnapshot(first.record.id));
    await repository.prune({ graceMs: 0 });
    await repository.prune({ graceMs: 0 });
    const pruned = await readBack(path, variant);
    expect(pruned.snapshots.map(({ id }) => id).toSorted()).toEqual([second.record.id, third.record.id].toSorted());
    pruned.restore(pruned.root(second.record.id), Buffer.from(join(scratch, 'again')));
    expect(describeTree(Buffer.from(join(scratch, 'again')))).toEqual(changed);
    expectIndexAndEpochs(path, pruned.sealed);
  });
});

test('directories of many pages, and images of several regions, have lists above lists', { timeout: 120_000 }, async () => {
  const scratch = scratchDirectory();
  const [path, root] = [join(scratch, 'repository'), join(scratch, 'tree')];
  mkdirSync(join(root, 'many'), { recursive: true });
  for (let at = 0; at < 9_000; at++) linkSync(at % 500 === 0 ? makeFile(join(root, `file ${at}`)) : join(root, `file ${at - (at % 500)}`), join(root, 'many', `entry ${at}`));
  const disk = join(scratch, 'disk');
  const image = new Uint8Array(130 * 1_048_576);
  // More than 16 lists of chunks, whatever the chunking key is: so there are lists of lists.
  image.set(noise(6, 80 * 1_048_576), 40 * 1_048_576);
  image.set(noise(7, 5_000), 129 * 1_048_576 + 77);
  writeFileSync(disk, image);
  const variant = { hash: 'sha-256', compression: 'none', encryption: 'none' } as const;
  const repository = await createRepository({ path, ...options(variant) });
  const tree = await takeSnapshot(repository, { kind: 'directory', path: root });
  const volume = await openFileVolume(disk);
  const taken = await takeSnapshot(repository, { kind: 'volume', volume });
  await volume.close();

  const reader = await readBack(path, variant);
  const content = reader.root(taken.record.id);
  expect(content).toMatchObject({ type: 'file', level: 2, size: image.length });
  let at = 0;
  for (const bytes of reader.content(content)) {
    if (!bytes.equals(image.subarray(at, at + bytes.length))) break;
    at += bytes.length;
  }
  expect(at, 'bytes that are the same').toBe(image.length);
  const directories = [...reader.children(reader.root(tree.record.id))].filter(({ type }) => type === 'directory');
  expect(directories).toMatchObject([{ size: 9_000, level: 1 }]);
  reader.restore(reader.root(tree.record.id), Buffer.from(join(scratch, 'restored')));
  expect(describeTree(Buffer.from(join(scratch, 'restored')))).toEqual(describeTree(Buffer.from(root)));
});

test.each(['repository', 'zstd', 'encrypted', 'encrypted-zstd'] as const)('the golden repository %s opens', async (name) => {
  const reader = await readRepository(join(import.meta.dirname, '..', 'golden', name), name.startsWith('encrypted') ? { passphrase: 'golden' } : {});
  expect(reader.snapshots.length).toBeGreaterThan(0);
  expectIndexAndEpochs(join(import.meta.dirname, '..', 'golden', name), reader.sealed);
});

test('a wrong passphrase, a changed config, a flipped bit and a newer version are refused', async () => {
  const path = join(scratchDirectory(), 'repository');
  await createRepository({ path, encryption: { key } });
  await expect(readRepository(path, { key: new Uint8Array(32) })).rejects.toThrow('no key file opens');
  await expect(readRepository(path, { passphrase })).rejects.toThrow('no key file opens');
  const config = join(path, 'config', 'primary');
  const whole = readFileSync(config);
  // The time of creation, sealed anew as anybody can.
  const changed = whole.subarray(0, -32).map((byte, at) => (at === 32 ? byte ^ 1 : byte));
  writeFileSync(config, Buffer.concat([changed, createHash('sha256').update(changed).digest()]));
  await expect(readRepository(path, { key })).rejects.toThrow('the config is not the one');
  writeFileSync(config, whole.map((byte, at) => (at === 8 ? byte ^ 2 : byte)));
  await expect(readRepository(path, { key })).rejects.toThrow('config/primary: the seal does not match');
});

function makeFile(path: string): string {
  writeFileSync(path, path);
  return path;
}

/** The attributes that `makeTree` set, as far as this system keeps any. */
function expectAttributes(entries: Iterable<Entry>): void {
  const attributes = new Map([...entries].map((entry) => [entry.name.toString('latin1'), entry.attributes]));
  const named = (name: string) => attributes.get(name)?.map((each) => [each.name.toString(), each.value.toString()]).filter(([each]) => each?.startsWith('user.'));
  expect(named('one')).toEqual([['user.comment', 'an attribute'], ['user.empty', '']]);
  expect(named('text')).toEqual([]);
}

/** A reader can do without index files and epochs; what they say must hold all the same. */
function expectIndexAndEpochs(path: string, sealed: Awaited<ReturnType<typeof readRepository>>['sealed']): void {
  const indexed = readdirSync(join(path, 'index')).flatMap((name) => {
    expect(createHash('sha256').update(readFileSync(join(path, 'index', name))).digest('hex')).toBe(name);
    const index = sealed('index', name, 'ix');
    const packs = index.list(index.u(4), () => {
      const [prefix, length] = [index.take(32), index.take(4)];
      return createHash('sha256').update(prefix).update(index.take(length.readUInt32LE())).update(length).update(new Uint8Array(4)).digest('hex');
    });
    index.end();
    return packs;
  });
  expect([...new Set(indexed)].toSorted()).toEqual(readdirSync(join(path, 'packs')).toSorted());
  for (const name of readdirSync(join(path, 'epochs'))) {
    const epoch = sealed('epochs', name, 'ep');
    expect(String(epoch.u(4)).padStart(8, '0')).toBe(name);
    expect(epoch.list(epoch.u(4), () => ({ pack: epoch.hex(32), condemnedAtMs: epoch.u(8) })).every(({ condemnedAtMs }) => condemnedAtMs > 1_000_000_000_000)).toBe(true);
    epoch.end();
  }
}
