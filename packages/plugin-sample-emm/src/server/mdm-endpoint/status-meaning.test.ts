import { expect, test } from 'vitest';
import { execStateOf, meaningOfAnswer, meaningOfStatus } from './status-meaning.ts';

test.each([
  [200, 'done'], [202, 'accepted'], [213, 'accepted'], [215, 'refused'], [216, 'undone'], [507, 'undone'], [404, 'absent'], [405, 'absent'], [406, 'absent'], [417, 'busy'], [503, 'busy'],
  [420, 'refused'], [425, 'refused'], [500, 'refused'], [516, 'refused'], [undefined, 'refused'],
] as const)('status %s means %s', (status, meaning) => {
  expect(meaningOfStatus(status)).toBe(meaning);
});

test('what an answer means depends on what was asked', () => {
  expect([404, 405, 406].map((status) => meaningOfAnswer({ name: 'Delete', status }))).toEqual(['done', 'refused', 'refused']);
  expect([404, 405].map((status) => meaningOfAnswer({ name: 'Replace', status }))).toEqual(['refused', 'absent']);
  expect([meaningOfAnswer({ name: 'Add', status: 404 }), meaningOfAnswer({ name: 'Add', status: 418 }), meaningOfAnswer({ name: 'Replace', status: 418 })]).toEqual(['absent', 'existing', 'refused']);
});

test.each([[200, 'done'], [202, 'accepted'], [404, 'failed'], [417, 'failed'], [215, 'failed'], [500, 'unknown'], [516, 'unknown'], [214, 'unknown'], [599, 'unknown']] as const)('an Exec that was answered %s is %s', (status, state) => {
  expect(execStateOf(status)).toBe(state);
});
