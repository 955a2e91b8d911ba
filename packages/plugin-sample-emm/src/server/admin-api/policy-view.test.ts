import { parseReadback } from '@winre-kit/sdk/windows';
import { expect, test } from 'vitest';
import { policyView } from './policy-view.ts';

const stored = { cloudRemediation: true, autoRemediation: true, retryIntervalMinutes: 30, timeToRebootMinutes: 180 };
const observedAt = '2026-11-22T03:00:00.000Z';
const quickMachineRecovery = './Vendor/MSFT/Recovery/QuickMachineRecovery';

/** A device that answered so to Get. */
function reportOf(values: Readonly<Record<string, string>>): Parameters<typeof policyView>[2] {
  return { observedAt, actual: parseReadback(Object.entries(values).map(([path, value]) => ({ uri: `${quickMachineRecovery}/${path}`, status: 200, value })), 'recovery') };
}
const whole = { EnableQuickMachineRecovery: 'true', 'AutoRemediationSettings/EnableAutoRemediation': 'true', 'AutoRemediationSettings/SetRetryInterval': '10', 'AutoRemediationSettings/SetTimeToReboot': '180' };

test('what the device has comes before what is stored for it', () => {
  expect(policyView('remediation', { remediation: stored }, undefined)).toEqual({ policy: stored, source: 'stored' });
  expect(policyView('restore', { remediation: stored }, undefined)).toEqual({ policy: null, source: 'stored' });
  expect(policyView('remediation', { remediation: stored }, reportOf(whole))).toEqual({ policy: { ...stored, retryIntervalMinutes: 10 }, source: 'device', observedAt });
});

test('members that a device does not say are taken from what is stored, by name', () => {
  const off = { cloudRemediation: false, autoRemediation: false };
  const view = policyView('remediation', { remediation: stored }, reportOf({ EnableQuickMachineRecovery: 'false' }));
  expect(view).toEqual({ policy: { ...stored, ...off }, source: 'device', observedAt, assumed: ['timeToRebootMinutes', 'retryIntervalMinutes'] });
});

test('a device that has nothing set, or half of a policy nobody stored, has no policy', () => {
  expect(policyView('remediation', { remediation: stored }, reportOf({}))).toEqual({ policy: null, source: 'device', observedAt });
  expect(policyView('remediation', {}, reportOf({ EnableQuickMachineRecovery: 'true' }))).toEqual({ policy: null, source: 'device', observedAt });
});
