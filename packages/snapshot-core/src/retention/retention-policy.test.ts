import { expect, test } from 'vitest';
import { checkRetentionPolicy } from './retention-policy.ts';

test('a sensible policy comes back as it is', () => {
  const policy = { cadenceHours: 24, retentionHours: 72, diskBudgetBytes: 1_000, keepLabels: ['golden'], mayRemoveNewestGood: true } as const;
  expect(checkRetentionPolicy(policy)).toEqual(policy);
});

test.each([
  ['cadenceHours', { cadenceHours: 5, retentionHours: 72 }],
  ['retentionHours', { cadenceHours: 4, retentionHours: 48 }],
  ['retentionHours', { cadenceHours: 24, retentionHours: 12 }],
  ['diskBudgetBytes', { cadenceHours: 4, retentionHours: 72, diskBudgetBytes: 0 }],
  ['diskBudgetBytes', { cadenceHours: 4, retentionHours: 72, diskBudgetBytes: '1 GB' }],
  ['keepLabels', { cadenceHours: 4, retentionHours: 72, keepLabels: [1] }],
  ['mayRemoveNewestGood', { cadenceHours: 4, retentionHours: 72, mayRemoveNewestGood: 'yes' }],
  ['keepDays', { cadenceHours: 4, retentionHours: 72, keepDays: 3 }],
  ['the policy', undefined],
])('nonsense is refused and %s is named', (field, policy) => {
  expect(() => checkRetentionPolicy(policy)).toThrow(expect.objectContaining({ code: 'argument/invalid', message: expect.stringContaining(field) }));
});
