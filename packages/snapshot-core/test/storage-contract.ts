import { describe, expect, test } from 'vitest';
import type { Storage } from '../src/storage/storage.ts';
import { collect } from './collect.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const failsWith = (code: string): unknown => expect.objectContaining({ code });

/** What every storage must do. `makeStorage` gives an empty one whose clock shows `nowMs()`. */
export function describeStorageContract(name: string, makeStorage: (nowMs: () => number) => Promise<Storage>): void {
  const now = 1_700_000_000_000;
  const make = () => makeStorage(() => now);

  describe(`${name} keeps the storage contract`, () => {
    test('what was put can be read whole, in part and past its end', async () => {
      const storage = await make();
      await storage.put('pack', 'a-1', [bytes(1, 2), bytes(), bytes(3, 4, 5)]);
      expect(await storage.get('pack', 'a-1')).toEqual(bytes(1, 2, 3, 4, 5));
      expect(await storage.getRange('pack', 'a-1', 1, 3)).toEqual(bytes(2, 3, 4));
      expect(await storage.getRange('pack', 'a-1', 3, 100)).toEqual(bytes(4, 5));
      expect(await storage.getRange('pack', 'a-1', 9, 2)).toEqual(bytes());
    });

    test('a file is never replaced', async () => {
      const storage = await make();
      await storage.put('index', 'x', [bytes(1)]);
      await expect(storage.put('index', 'x', [bytes(2)])).rejects.toEqual(failsWith('storage/exists'));
      expect(await storage.get('index', 'x')).toEqual(bytes(1));
    });

    test('of two that put the same name at once, one wins', async () => {
      const storage = await make();
      const results = await Promise.allSettled([storage.put('epoch', '1', [bytes(1)]), storage.put('epoch', '1', [bytes(2)])]);
      expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
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

    test('its time is the lent one, and it has no leftovers of its own', async () => {
      const storage = await make();
      expect(await storage.timeMs()).toBe(now);
      await storage.put('pack', 'p', [bytes(1)]);
      await storage.deleteLeftovers(0);
      expect(await storage.get('pack', 'p')).toEqual(bytes(1));
    });
  });
}
