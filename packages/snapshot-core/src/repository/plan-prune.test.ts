import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planPrune, type PrunablePack, type PrunePlanInput } from './plan-prune.ts';

const pack = (name: string, kind: 'data' | 'tree', ids: string, condemnedAtMs?: number): PrunablePack => ({
  name,
  kind,
  objects: ids.split('').map((id) => ({ id, lengthBytes: 10 })),
  ...(condemnedAtMs !== undefined && { condemnedAtMs }),
});

const plan = (packs: readonly PrunablePack[], needed: string, change: Partial<PrunePlanInput> = {}) =>
  planPrune({ packs, isNeeded: (id) => needed.includes(id), nowMs: 1_000, graceMs: 100, rewriteAboveDeadShare: 0.5, ...change });

test.each([
  ['all needed', pack('p', 'data', 'ab'), 'ab', 'keep'],
  ['none needed', pack('p', 'data', 'ab'), '', 'condemn'],
  ['half dead data', pack('p', 'data', 'ab'), 'a', 'keep'],
  ['mostly dead data', pack('p', 'data', 'abc'), 'a', 'rewrite'],
  ['one dead tree of many', pack('p', 'tree', 'abcdefgh'), 'abcdefg', 'rewrite'],
  ['condemned a moment ago', pack('p', 'data', 'ab', 950), '', 'await-grace'],
  ['condemned long enough ago', pack('p', 'data', 'ab', 900), '', 'delete'],
  ['condemned but needed again', pack('p', 'data', 'ab', 900), 'b', 'reprieve'],
  ['condemned trees of which some are needed again', pack('p', 'tree', 'ab', 900), 'b', 'rewrite'],
])('%s', (_, only, needed, action) => {
  const [verdict] = plan([only], needed);
  expect(verdict?.action).toBe(action);
  expect(verdict?.reason).toMatch(/\w{4,}/);
});

test('of two copies one is enough, and it is not the condemned one', () => {
  expect(plan([pack('old', 'data', 'a', 900), pack('new', 'data', 'a')], 'a').map(({ action }) => action)).toEqual(['delete', 'keep']);
  expect(plan([pack('one', 'data', 'a'), pack('two', 'data', 'a')], 'a').map(({ action }) => action)).toEqual(['keep', 'condemn']);
});

test('the same bytes as data and as a tree are two objects', () => {
  const packs = [pack('data', 'data', 'a'), pack('trees', 'tree', 'a')];
  expect(plan(packs, 'a').map(({ action }) => action)).toEqual(['keep', 'keep']);
});

test('no needed object is ever left without a pack that stays', () => {
  const anyPack = fc.record({ ids: fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), maxLength: 6 }).map((ids) => [...new Set(ids.split(''))].join('')), kind: fc.constantFrom('data' as const, 'tree' as const), age: fc.option(fc.nat(300), { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(anyPack, { maxLength: 6 }), fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f') }), (drafts, needed) => {
      const packs = drafts.map(({ ids, kind, age }, index) => pack(`p${index}`, kind, ids, age === undefined ? undefined : 1_000 - age));
      const verdicts = plan(packs, needed);
      for (const kind of ['data', 'tree'] as const)
        for (const id of needed) {
          const holders = packs.flatMap((candidate, index) => (candidate.kind === kind && candidate.objects.some((object) => object.id === id) ? [verdicts[index]?.action] : []));
          // A rewrite copies what is live first.
          expect(holders.length === 0 || holders.some((action) => action === 'keep' || action === 'rewrite' || action === 'reprieve')).toBe(true);
        }
    }),
  );
});
