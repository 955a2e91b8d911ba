import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PackTable, PackTableView, type PackSummary } from './pack-table.ts';

const packOf = (n: number): Omit<PackSummary, 'ordinal'> => ({
  // Every third name starts like many others.
  name: n % 3 === 0 ? `0000000000000000${createHash('sha256').update(`${n}`).digest('hex').slice(16)}` : createHash('sha256').update(`${n}`).digest('hex'),
  kind: n % 2 === 0 ? 'data' : 'tree',
  fileBytes: 4_000_000_000 + n,
  directoryBytes: 40_000_000 + n,
  objectCount: 1 + n,
});

describe('PackTable', () => {
  test('is a map from names to packs, whatever is added, removed and condemned', () => {
    const command = fc.record({ what: fc.constantFrom('add', 'add', 'remove', 'condemn', 'distrust'), n: fc.nat(40) });
    fc.assert(
      fc.property(fc.array(command, { maxLength: 150 }), (commands) => {
        const table = new PackTable();
        const model = new Map<string, { pack: PackSummary; isDistrusted: boolean }>();
        let condemned: readonly string[] = [];
        const distrusted = new Set<number>();
        const addedAgain: (readonly [given: number, before: number])[] = [];
        for (const { what, n } of commands) {
          const pack = packOf(n);
          const known = model.get(pack.name);
          if (what === 'add') {
            const ordinal = table.add(pack);
            if (known) addedAgain.push([ordinal, known.pack.ordinal]);
            else model.set(pack.name, { pack: { ordinal, ...pack }, isDistrusted: false });
          }
          if (what === 'condemn') table.setCondemned((condemned = [pack.name, packOf(n + 1).name]));
          if (what === 'remove' && known) {
            table.remove(known.pack.ordinal);
            model.delete(pack.name);
          }
          if (what === 'distrust' && known) {
            table.distrust(known.pack.ordinal);
            known.isDistrusted = true;
            distrusted.add(known.pack.ordinal);
          }
        }
        expect(table.distrustedCount).toBe(distrusted.size);
        for (const [given, before] of addedAgain) expect(given).toBe(before);
        const view = PackTableView.attach(table.handle());
        expect([...table.packs()].toSorted((a, b) => a.ordinal - b.ordinal)).toEqual([...model.values()].map(({ pack }) => pack).toSorted((a, b) => a.ordinal - b.ordinal));
        for (let n = 0; n <= 40; n++) {
          const { name } = packOf(n);
          const known = model.get(name);
          expect(table.find(name)).toBe(known?.pack.ordinal);
          if (!known) continue;
          const { pack, isDistrusted } = known;
          for (const each of [table, view]) {
            expect([each.get(pack.ordinal), each.kindOf(pack.ordinal)]).toEqual([pack, pack.kind]);
            expect([each.isCondemned(pack.ordinal), each.isKept(pack.ordinal)]).toEqual([condemned.includes(name), !condemned.includes(name) && !isDistrusted]);
          }
        }
      }),
    );
  });

  test('takes thousands, and an old view follows', () => {
    const table = new PackTable();
    table.add(packOf(0));
    const view = PackTableView.attach(table.handle());
    const { generation } = table;
    for (let n = 1; n < 5_000; n++) table.add(packOf(n));
    expect(table.generation).toBeGreaterThan(generation);
    expect([view.isPresent(500), view.isPresent(4_000), view.isKept(4_000), view.get(4_000), view.get(2 ** 24 - 1)]).toEqual([true, false, false, undefined, undefined]);
    view.follow(table.handle());
    const wrong = Array.from({ length: 5_000 }, (_, n) => n).filter((n) => table.find(packOf(n).name) !== n || view.get(n)?.name !== packOf(n).name);
    expect(wrong).toEqual([]);
    expect(table.find('f'.repeat(64))).toBeUndefined();
  });
});
