import { remediationPolicySchema } from '@winre-kit/sdk';
import { expect, test } from 'vitest';
import { policyView } from './policy-view.ts';

const stored = { cloudRemediation: true, autoRemediation: true, retryIntervalMinutes: 30, timeToRebootMinutes: 180 };
const at = '2026-11-22T03:00:00.000Z';

test('what the device has comes before what is stored for it', () => {
  expect(policyView(remediationPolicySchema, stored, undefined, undefined)).toEqual({ policy: stored, source: 'stored' });
  const other = { ...stored, retryIntervalMinutes: 10 };
  expect(policyView(remediationPolicySchema, stored, other, at)).toEqual({ policy: other, source: 'device', observedAt: at });
});

test('members that a device does not say are taken from what is stored, by name', () => {
  const off = { cloudRemediation: false, autoRemediation: false };
  expect(policyView(remediationPolicySchema, stored, off, at)).toEqual({ policy: { ...stored, ...off }, source: 'device', observedAt: at, assumed: ['retryIntervalMinutes', 'timeToRebootMinutes'] });
});

test('a device that has nothing set, or half of a policy nobody stored, has no policy', () => {
  expect(policyView(remediationPolicySchema, stored, {}, at)).toEqual({ policy: null, source: 'device', observedAt: at });
  expect(policyView(remediationPolicySchema, undefined, { cloudRemediation: true }, at)).toEqual({ policy: null, source: 'device', observedAt: at });
});
