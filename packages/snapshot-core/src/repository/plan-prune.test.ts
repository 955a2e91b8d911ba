import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CopySet } from '../chunk-index/copy-set.ts';
import { countLiveObjects } from './count-live-objects.ts';
import { planPrune, type PrunePlanInput } from './plan-prune.ts';
import type { PackVerdict } from './prune-report.ts';

interface TestPack {
  readonly name: string;
  readonly kind: 'data' | 'tree';
  readonly ids: string;
  readonly condemnedAtMs?: number;
}

const pack = (name: string, kind: 'data' | 'tree', ids: string, condemnedAtMs?: number): TestPack => ({ name, kind, ids, ...(condemnedAtMs !== undefined && { condemnedAtMs }) });

/** Counts and plans as prune does. Objects have 10 bytes and ids of one letter; `damaged` names copies by pack and id: `p a`. */
async function plan(packs: readonly TestPack[], needed: string, change: Partial<PrunePlanInput> = {}, damaged: readonly string[] = [], unread: readonly string[] = []): Promise<readonly PackVerdict[]> {
  const copies = { needed: new CopySet(), damaged: new CopySet(), unread: new CopySet() };
  for (const [ordinal, { name, ids }] of packs.entries())
    for (const [object, id] of ids.split('').entries()) {
      if (needed.includes(id)) copies.needed.add(ordinal, object, ids.length);
      if (damaged.includes(`${name} ${id}`)) copies.damaged.add(ordinal, object, ids.length);
      if (unread.includes(`${name} ${id}`)) copies.unread.add(ordinal, object, ids.length);
    }
  const met = new Set<string>();
  const settled = { has: () => false, add: (id: string | Uint8Array, kind: string) => met.size < met.add(`${kind} ${String(id)}`).size };
  const directoryOf = (ordinal: number) => {
    const ids = packs[ordinal]?.ids ?? '';
    return { objectCount: ids.length, idAt: (object: number) => Buffer.from(ids.charAt(object)), lengthAt: () => 10 };
  };
  const counted = await countLiveObjects({ packs: packs.map((each, ordinal) => ({ ...each, ordinal })), directoryOf, needed: copies.needed, doubtful: { damaged: copies.damaged, unread: copies.unread }, settled, live: new CopySet() }, async () => undefined);
  return planPrune({ packs: counted, nowMs: 1_000, graceMs: 100, rewriteAboveDeadShare: 0.5, ...change });
}

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
])('%s', async (_, only, needed, action) => {
  const [verdict] = await plan([only], needed);
  expect(verdict?.action).toBe(action);
  expect(verdict?.reason).toMatch(/\w{4,}/);
});

test('of two copies one is enough, and it is not the condemned one', async () => {
  expect((await plan([pack('old', 'data', 'a', 900), pack('new', 'data', 'a')], 'a')).map(({ action }) => action)).toEqual(['delete', 'keep']);
  expect((await plan([pack('one', 'data', 'a'), pack('two', 'data', 'a')], 'a')).map(({ action }) => action)).toEqual(['keep', 'condemn']);
});

test('an intact copy goes before one that is not condemned, and without one the pack stays', async () => {
  expect((await plan([pack('old', 'data', 'a', 900), pack('new', 'data', 'a')], 'a', {}, ['new a'])).map(({ action }) => action)).toEqual(['reprieve', 'condemn']);
  expect((await plan([pack('old', 'data', 'ab', 900)], 'ab', {}, ['old a'])).map(({ action }) => action)).toEqual(['await-grace']);
});

test('a copy that could not be read goes before a damaged one, and after an intact one', async () => {
  const packs = [pack('old', 'data', 'a', 900), pack('new', 'data', 'a')];
  expect((await plan(packs, 'a', {}, ['new a'], ['old a'])).map(({ action }) => action)).toEqual(['await-grace', 'condemn']);
  expect((await plan(packs, 'a', {}, [], ['old a'])).map(({ action }) => action)).toEqual(['delete', 'keep']);
  expect((await plan(packs, 'a', {}, [], ['new a'])).map(({ action }) => action)).toEqual(['reprieve', 'condemn']);
});

test('the same bytes as data and as a tree are two objects', async () => {
  const packs = [pack('data', 'data', 'a'), pack('trees', 'tree', 'a')];
  expect((await plan(packs, 'a')).map(({ action }) => action)).toEqual(['keep', 'keep']);
});

test('no needed object is ever left without a pack that stays', async () => {
  const anyPack = fc.record({ ids: fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), maxLength: 6 }).map((ids) => [...new Set(ids.split(''))].join('')), kind: fc.constantFrom('data' as const, 'tree' as const), age: fc.option(fc.nat(300), { nil: undefined }) });
  await fc.assert(
    fc.asyncProperty(fc.array(anyPack, { maxLength: 6 }), fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f') }), async (drafts, needed) => {
      const packs = drafts.map(({ ids, kind, age }, index) => pack(`p${index}`, kind, ids, age === undefined ? undefined : 1_000 - age));
      const verdicts = await plan(packs, needed);
      for (const kind of ['data', 'tree'] as const)
        for (const id of needed) {
          const holders = packs.flatMap((candidate, index) => (candidate.kind === kind && candidate.ids.includes(id) ? [verdicts[index]?.action] : []));
          // A rewrite copies what is live first.
          expect(holders.length === 0 || holders.some((action) => action === 'keep' || action === 'rewrite' || action === 'reprieve')).toBe(true);
        }
    }),
  );
});
