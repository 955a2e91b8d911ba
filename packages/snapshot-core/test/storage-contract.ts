import { describe, expect, test } from 'vitest';
import { SnapshotError } from '../src/errors/snapshot-error.ts';
import type { Storage } from '../src/storage/storage.ts';
import { collect } from './collect.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const codeOf = (error: unknown): unknown => (SnapshotError.isInstance(error) ? error.code : undefined);
const failsWith = (code: string): unknown => expect.objectContaining({ code });

/** In what storages may differ. */
export interface StorageTraits {
  /** Its time is its own, not the lent one. Default false. */
  readonly ownClock?: boolean;
  /** What `supportsExclusiveCreate` must say. Default true. */
  readonly exclusiveCreate?: boolean;
  /** Size of the largest file that is tried. Default 20 MiB. */
  readonly largeFileBytes?: number;
}

/** What every storage must do. `makeStorage` gives an empty one whose clock shows `nowMs()`. */
export function describeStorageContract(name: string, makeStorage: (nowMs: () => number) => Promise<Storage>, traits: StorageTraits = {}): void {
  const { ownClock = false, exclusiveCreate = true, largeFileBytes = 20 * 1_048_576 } = traits;
  const now = 1_700_000_000_000;
  const make = () => makeStorage(() => now);

  describe(`${name} keeps the storage contract`, () => {
    test('what was put can be read whole, in part and past its end', async () => {
      const storage = await make();
      await storage.put('pack', 'a-1', [bytes(1, 2), bytes(), bytes(3, 4, 5)]);
      expect(await storage.get('pack', 'a-1')).toEqual(bytes(1, 2, 3, 4, 5));
      expect(await storage.getRange('pack', 'a-1', 1, 3)).toEqual(bytes(2, 3, 4));
      expect(await storage.getRange('pack', 'a-1', 3, 100)).toEqual(bytes(4, 5));
      expect(await storage.getRange('pack', 'a-1', 5, 1)).toEqual(bytes());
      expect(await storage.getRange('pack', 'a-1', 9, 2)).toEqual(bytes());
      expect(await storage.getRange('pack', 'a-1', 2, 0)).toEqual(bytes());
      expect(await storage.getRange('pack', 'a-1', 0, 1)).toEqual(bytes(1));
    });

    test('an empty file is there, whole and in part', async () => {
      const storage = await make();
      await storage.put('pack', 'none', []);
      expect(await storage.get('pack', 'none')).toEqual(bytes());
      expect(await storage.getRange('pack', 'none', 0, 10)).toEqual(bytes());
      expect(await storage.getRange('pack', 'none', 0, 0)).toEqual(bytes());
      expect(await storage.stat('pack', 'none')).toMatchObject({ sizeBytes: 0 });
      await expect(storage.put('pack', 'none', [bytes(1)])).rejects.toEqual(failsWith('storage/exists'));
    });

    test('a large file in many parts comes back bit by bit', async () => {
      const storage = await make();
      const parts = Array.from({ length: 50 }, (_, index) => new Uint8Array(Math.floor(largeFileBytes / 50)).fill(index).map((value, at) => value ^ at));
      await storage.put('pack', 'large', parts);
      const whole = Buffer.concat(parts);
      expect(whole.equals(await storage.get('pack', 'large'))).toBe(true);
      const from = Math.floor(whole.length / 3);
      expect(whole.subarray(from, from + 70_000).equals(await storage.getRange('pack', 'large', from, 70_000))).toBe(true);
      expect(whole.subarray(-5).equals(await storage.getRange('pack', 'large', whole.length - 5, 100))).toBe(true);
    });

    test.each(['x'.repeat(100), '0', '-', 'a.b', '-.-..', '00000001'])('the name %j can be used', async (good) => {
      const storage = await make();
      await storage.put('snapshot', good, [bytes(7)]);
      expect(await storage.get('snapshot', good)).toEqual(bytes(7));
      expect((await collect(storage.list('snapshot'))).map((file) => file.name)).toEqual([good]);
    });

    test('a file is never replaced', async () => {
      const storage = await make();
      await storage.put('index', 'x', [bytes(1)]);
      await expect(storage.put('index', 'x', [bytes(2)])).rejects.toEqual(failsWith('storage/exists'));
      expect(await storage.get('index', 'x')).toEqual(bytes(1));
    });

    test('it knows whether it can create exclusively; if so, of many that put the same name at once one wins, and its bytes are there', async () => {
      const storage = await make();
      expect((await storage.supportsExclusiveCreate?.()) ?? true).toBe(exclusiveCreate);
      for (const round of ['1', '2', '3']) {
        const results = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => storage.put('epoch', round, [bytes(index), new Uint8Array(100_000)])));
        const winners = results.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
        expect(winners.length === 1 || !exclusiveCreate, `${winners.length} of 8 puts succeeded`).toBe(true);
        expect(results.every((result) => result.status === 'fulfilled' || codeOf(result.reason) === 'storage/exists')).toBe(true);
        expect(winners).toContain((await storage.get('epoch', round))[0]);
      }
    });

    test('a list taken during puts shows whole files only, and after them all of them', async () => {
      const storage = await make();
      const names = Array.from({ length: 30 }, (_, index) => `file-${index}`);
      const puts = Promise.all(names.map((each) => storage.put('index', each, [new Uint8Array(1_000), bytes(1)])));
      for (const file of await collect(storage.list('index'))) expect(file.sizeBytes).toBe(1_001);
      await puts;
      expect((await collect(storage.list('index'))).map((file) => file.name).toSorted()).toEqual(names.toSorted());
    });

    test('kinds are apart; lists and stat show names and sizes', async () => {
      const storage = await make();
      await storage.put('snapshot', 'same', [bytes(1, 2, 3)]);
      await storage.put('intent', 'same', [bytes()]);
      expect((await collect(storage.list('snapshot'))).map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([['same', 3]]);
      expect(await collect(storage.list('lease'))).toEqual([]);
      expect(await storage.stat('intent', 'same')).toMatchObject({ name: 'same', sizeBytes: 0 });
      expect(await storage.stat('lease', 'same')).toBeUndefined();
    });

    test('a deleted file is gone; deleting it again does nothing', async () => {
      const storage = await make();
      await storage.put('lease', 'l', [bytes(1)]);
      await storage.delete('lease', 'l');
      await storage.delete('lease', 'l');
      await expect(storage.get('lease', 'l')).rejects.toEqual(failsWith('storage/not-found'));
      await expect(storage.getRange('lease', 'l', 0, 1)).rejects.toEqual(failsWith('storage/not-found'));
    });

    test.each(['', '.', '..', 'a/b', '../up', 'A', 'a\0b', 'x'.repeat(101)])('the name %j is refused', async (bad) => {
      const storage = await make();
      for (const call of [() => storage.put('pack', bad, []), () => storage.get('pack', bad), () => storage.delete('pack', bad), () => storage.stat('pack', bad)])
        await expect(call()).rejects.toEqual(failsWith('argument/invalid'));
    });

    test('bytes belong to the caller, on the way in and out', async () => {
      const storage = await make();
      const own = bytes(1, 2, 3);
      await storage.put('pack', 'p', [own]);
      own[0] = 9;
      (await storage.get('pack', 'p'))[1] = 9;
      expect(await storage.get('pack', 'p')).toEqual(bytes(1, 2, 3));
    });

    test('an aborted call rejects with the reason and stores nothing', async () => {
      const storage = await make();
      const reason = new Error('enough');
      await expect(storage.put('pack', 'p', [bytes(1)], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      await expect(collect(storage.list('pack', { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
      expect(await storage.stat('pack', 'p')).toBeUndefined();
    });

    test('an abort under way rejects with the reason, and what it put is there whole or not at all', async () => {
      const storage = await make();
      await storage.put('pack', 'first', [new Uint8Array(200_000)]);
      const reason = new Error('enough');
      const abort = new AbortController();
      const { signal } = abort;
      const calls = [storage.put('pack', 'p', [new Uint8Array(1_000_000)], { signal }), storage.get('pack', 'first', { signal }), collect(storage.list('pack', { signal }))];
      setImmediate(() => abort.abort(reason));
      expect((await Promise.allSettled(calls)).every((result) => result.status === 'fulfilled' || result.reason === reason)).toBe(true);
      expect([undefined, 1_000_000]).toContain((await storage.stat('pack', 'p'))?.sizeBytes);
    });

    test('its time is whole milliseconds that do not run back, the lent ones if there are any', async () => {
      const storage = await make();
      const before = await storage.timeMs();
      await storage.put('pack', 'p', [bytes(1)]);
      const times = [before, ...(await Promise.all([storage.timeMs(), storage.timeMs()])), await storage.timeMs()];
      expect(times).toEqual(ownClock ? times.toSorted((left, right) => left - right) : [now, now, now, now]);
      expect(times.every((time) => Number.isSafeInteger(time))).toBe(true);
    });

    test('it has no leftovers of its own', async () => {
      const storage = await make();
      await storage.put('pack', 'p', [bytes(1)]);
      await storage.deleteLeftovers(0);
      expect(await storage.get('pack', 'p')).toEqual(bytes(1));
    });
  });
}
