import { describe, expect, test } from 'vitest';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { ObjectKind } from '../format/object-reference.ts';
import type { PackManifest } from '../format/pack-manifest.ts';
import { createPackCodec } from '../pack/pack-codec.ts';
import { ObjectWriter } from './object-writer.ts';

const codec = await createPackCodec({ repositoryId: 'ab'.repeat(16), hash: 'sha-256', compression: 'none' });
const fullPackBytes = 16_777_216;
const full = new Uint8Array(fullPackBytes);
const idOf = (n: number): string => n.toString(16).padStart(64, '0');

/** A put that waits until it is told how to end. */
interface PendingPut {
  readonly kind: ObjectKind;
  readonly finish: () => void;
  readonly fail: (error: unknown) => void;
}

/** A writer over a storage whose puts end when the test says so. */
function makeWorld({ beforeTrees = () => Promise.resolve(), stored = new Set<string>() }: { beforeTrees?: () => Promise<void>; stored?: Set<string> } = {}) {
  const puts: PendingPut[] = [];
  const announced: PackManifest[] = [];
  const writer = new ObjectWriter({
    codec,
    storage: {
      description: 'the test storage',
      put: (_, __, parts) => new Promise<void>((finish, fail) => puts.push({ kind: parts[0]?.[12] === 0 ? 'data' : 'tree', finish, fail })),
    },
    index: { hasKept: (id) => stored.has(typeof id === 'string' ? id : Buffer.from(id).toString('hex')) },
    randomBytes: (lengthBytes) => new Uint8Array(lengthBytes).fill(puts.length),
    announce: (pack) => void announced.push(pack),
    beforeTrees,
  });
  return { writer, puts, announced };
}

/** Lets everything that can go on go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));
const isPending = async (promise: Promise<unknown>) => {
  let hasEnded = false;
  const end = () => {
    hasEnded = true;
  };
  promise.then(end, end);
  await settle();
  return !hasEnded;
};

describe('ObjectWriter', () => {
  test('stores a pack as soon as it is full, two at a time, and makes who saves more wait', async () => {
    const { writer, puts, announced } = makeWorld();
    await writer.saveAs(idOf(1), full, 'data');
    await writer.saveAs(idOf(2), full, 'data');
    expect(puts).toHaveLength(2);
    const third = writer.saveAs(idOf(3), full, 'data');
    expect([await isPending(third), puts.length]).toEqual([true, 2]);
    puts[0]?.finish();
    expect(await third).toBe(true);
    await settle();
    expect([puts.length, announced.length]).toEqual([3, 1]);
    const flushed = writer.flush();
    expect(await isPending(flushed)).toBe(true);
    for (const put of puts) put.finish();
    await flushed;
    expect([announced.length, writer.hasUnflushed]).toEqual([3, false]);
  });

  test('has what it was given until others find it, and what is stored already it does not store again', async () => {
    const stored = new Set([idOf(9)]);
    const { writer, puts } = makeWorld({ stored });
    expect([writer.has(idOf(1)), await writer.saveAs(idOf(9), Buffer.from('nine'), 'data')]).toEqual([false, false]);
    expect(await writer.saveAs(Buffer.from(idOf(1), 'hex'), Buffer.from('one'), 'data')).toBe(true);
    expect(await writer.saveAs(idOf(1), Buffer.from('one'), 'data')).toBe(false);
    expect([writer.has(idOf(1), 'data'), writer.has(idOf(1), 'tree'), writer.has(Buffer.from(idOf(1), 'hex'))]).toEqual([true, false, true]);
    const flushed = writer.flush();
    await settle();
    expect([puts.length, writer.has(idOf(1)), Buffer.from(writer.get(idOf(1)) ?? []).toString()]).toEqual([1, true, 'one']);
    puts[0]?.finish();
    await flushed;
    expect([writer.has(idOf(1)), writer.get(idOf(1))]).toEqual([false, undefined]);
  });

  test.each(['when a pack of trees is full', 'when it is flushed'])('stores trees after all data, its own and others\' (%s)', async (which) => {
    let others: () => void = () => undefined;
    const { writer, puts } = makeWorld({ beforeTrees: () => new Promise((resolve) => (others = resolve)) });
    await writer.saveAs(idOf(1), full, 'data');
    await writer.saveAs(idOf(2), Buffer.from('waits in an open pack'), 'data');
    const saved = writer.saveAs(idOf(3), which === 'when it is flushed' ? Buffer.from('a small tree') : full, 'tree');
    const flushed = writer.flush();
    await settle();
    expect(puts.map(({ kind }) => kind)).toEqual(['data', 'data']);
    puts[1]?.finish();
    await settle();
    others();
    expect([await isPending(flushed), puts.length]).toEqual([true, 2]);
    puts[0]?.finish();
    await settle();
    expect(puts).toHaveLength(2);
    others();
    await settle();
    expect(puts.map(({ kind }) => kind)).toEqual(['data', 'data', 'tree']);
    puts[2]?.finish();
    await flushed;
    expect(await saved).toBe(true);
  });

  test('a failed write is told once, then everything is refused, and no tree is stored any more', async () => {
    const { writer, puts } = makeWorld();
    await writer.saveAs(idOf(1), full, 'data');
    await writer.saveAs(idOf(2), Buffer.from('tree'), 'tree');
    const flushed = writer.flush();
    const noRoom = new SnapshotError('storage/full', 'no room');
    puts[0]?.fail(noRoom);
    await expect(flushed).rejects.toBe(noRoom);
    expect(puts).toHaveLength(1);
    await expect(writer.save(Buffer.from('more'), 'data')).rejects.toMatchObject({ code: 'repository/broken', cause: noRoom });
    await expect(writer.flush()).rejects.toMatchObject({ code: 'repository/broken' });
    expect(puts).toHaveLength(1);
  });

  test('a write that failed in the background is told to whoever calls next', async () => {
    const { writer, puts } = makeWorld();
    await writer.saveAs(idOf(1), full, 'data');
    puts[0]?.fail(new SnapshotError('storage/read-only', 'no'));
    await settle();
    await expect(writer.save(Buffer.from('next'), 'data')).rejects.toMatchObject({ code: 'storage/read-only' });
    await expect(writer.save(Buffer.from('next'), 'data')).rejects.toMatchObject({ code: 'repository/broken' });
  });

  test('copies the bytes before it answers, and takes none that are too many', async () => {
    const { writer } = makeWorld();
    const bytes = Buffer.from('original');
    const saving = writer.save(bytes, 'data');
    bytes.fill(0);
    expect(Buffer.from(writer.get((await saving).id) ?? []).toString()).toBe('original');
    await expect(writer.save(new Uint8Array(67_108_865), 'data')).rejects.toMatchObject({ code: 'argument/invalid' });
    expect(writer.hasUnflushed).toBe(true);
  });
});
