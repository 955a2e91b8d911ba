import { expect, test } from 'vitest';
import { checkSteps, selectSteps, type CheckStep } from './check-steps.ts';

const step = (name: string, ...needs: string[]): CheckStep => ({ name, needs, promise: '', command: ['true'] });
const steps = [step('a'), step('b', 'a'), step('c', 'b'), step('d')];
const names = (list: readonly CheckStep[]): string[] => list.map(({ name }) => name);

test('no name means every step, in order', () => {
  expect(names(selectSteps([], steps))).toEqual(['a', 'b', 'c', 'd']);
});

test('a named step brings what it needs, before itself', () => {
  expect(names(selectSteps(['c'], steps))).toEqual(['a', 'b', 'c']);
  expect(names(selectSteps(['d', 'a'], steps))).toEqual(['a', 'd']);
});

test('an unknown name is refused with the known ones', () => {
  expect(() => selectSteps(['layer'], steps)).toThrow('There is no check "layer". Checks: a, b, c, d');
});

test('the real steps have names of their own, and need only steps that run before them', () => {
  expect(new Set(names(checkSteps)).size).toBe(checkSteps.length);
  for (const { name, needs } of checkSteps) expect(names(checkSteps.slice(0, names(checkSteps).indexOf(name)))).toEqual(expect.arrayContaining([...needs]));
});
