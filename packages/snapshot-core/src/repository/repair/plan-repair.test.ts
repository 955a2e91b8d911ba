import { describe, expect, test } from 'vitest';
import { planRepair } from './plan-repair.ts';
import type { RepairFacts } from './repair-facts.ts';

const nothing: RepairFacts = { configs: [], epochs: [], indexFiles: [], unlistedPacks: [], packs: [], snapshots: [], unreadable: [], foreign: [], nowMs: 5_000 };
const choices = { forgetUnrepairable: false, graceMs: 1_000 };
const plan = (facts: Partial<RepairFacts>, more: Partial<typeof choices> = {}) => planRepair({ ...nothing, ...facts }, { ...choices, ...more }).map(({ action, file }) => `${action} ${file}`);

describe('a plan of a repair', () => {
  test('is empty when nothing is wrong', () => expect(plan({})).toEqual([]));

  test('writes what stands in for damaged files before anything goes', () => {
    const problem = 'it is damaged';
    expect(plan({
      configs: [{ kind: 'config', name: 'copy', problem }],
      epochs: [{ kind: 'epoch', name: '00000001', problem }],
      indexFiles: [{ kind: 'index', name: 'i', problem }],
      unlistedPacks: ['u'],
      packs: [{ name: 'p', state: 'damaged', problem, endangeredCount: 1 }, { name: 'm', state: 'missing', problem, endangeredCount: 0 }],
      snapshots: [{ id: 's', problem, repaired: { newId: 'n', lostFiles: 1, lostPages: 0 } }],
    })).toEqual(['write config/copy', 'list pack/u', 'list pack/m', 'delete index/i', 'condemn pack/p', 'delete epoch/00000001', 'replace snapshot/s']);
  });

  test('leaves a damaged pack alone that is condemned already, unless something in it is endangered', () => {
    const pack = { name: 'p', state: 'damaged', problem: 'x', condemnedAtMs: 0 } as const;
    expect(plan({ packs: [{ ...pack, endangeredCount: 0 }] })).toEqual([]);
    expect(plan({ packs: [{ ...pack, endangeredCount: 2 }] })).toEqual(['condemn pack/p']);
  });

  test.each([[undefined, 'condemn'], [4_001, 'keep'], [4_000, 'delete']])('of a pack with unknown contents, condemned at %s, says %s', (condemnedAtMs, action) => {
    expect(plan({ packs: [{ name: 'p', state: 'unknown', problem: 'x', endangeredCount: 0, ...(condemnedAtMs !== undefined && { condemnedAtMs }) }] })).toEqual([`${action} pack/p`]);
  });

  test('forgets only when told to, and never what is not the repository\'s', () => {
    const facts = { snapshots: [{ id: 's', problem: 'x' }], unreadable: [{ kind: 'intent', name: 'i', problem: 'x' }], foreign: [{ kind: 'pack', name: 'notes.txt', problem: 'x' }] } as const;
    expect(plan(facts)).toEqual(['keep snapshot/s', 'keep intent/i', 'keep pack/notes.txt']);
    expect(plan(facts, { forgetUnrepairable: true })).toEqual(['forget snapshot/s', 'forget intent/i', 'keep pack/notes.txt']);
  });
});
