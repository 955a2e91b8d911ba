import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RestorePoint } from '../../schemas/restore.ts';
import { nextStep } from './next-step.ts';
import { playbookSchema, type PlaybookDecision, type RecoveryEvidence, type StepAttempt } from './playbook.ts';

const playbook = playbookSchema.parse({
  id: 'standard', version: '1',
  steps: [
    { id: 'native', kind: 'wait-for-native-qmr', timeLimitMs: 60_000 },
    { id: 'network', kind: 'network', timeLimitMs: 10_000, maxAttempts: 2 },
    { id: 'diagnose', kind: 'script', timeLimitMs: 10_000 },
    { id: 'unlock', kind: 'keys-release', timeLimitMs: 10_000 },
    { id: 'restore', kind: 'restore', timeLimitMs: 10_000, maxAttempts: 2 },
    { id: 'rebuild', kind: 'rebuild', timeLimitMs: 10_000 },
  ],
});
const at = '2026-11-22T03:00:00.000Z';
const point = (id: string, state: RestorePoint['state'], takenAt = at): RestorePoint => ({ id, state, takenAt, trigger: 'schedule' });
const tried = (stepId: string, outcome: StepAttempt['outcome'] = 'succeeded', endedMs = 5): StepAttempt => ({ stepId, outcome, reason: `${outcome} it`, operationKey: 'k', sessionId: 's-1', endedMs });
const evidence = (more: Partial<RecoveryEvidence> = {}): RecoveryEvidence => ({
  nowMs: 0, startedMs: 0, booted: false, sessionLive: true, sessionId: 's-1', nativeRemediation: undefined, network: { connected: true, addresses: [] }, volumeLocked: false,
  restorePoints: [point('old', 'intact', '2026-11-20T00:00:00.000Z'), point('new', 'intact', '2026-11-21T00:00:00.000Z')], attempts: [], ...more,
});
const chosen = (decision: PlaybookDecision): string => ('step' in decision ? `${decision.action} ${decision.step.id}` : decision.action);
const diagnosed = [tried('diagnose')];

test.each([
  ['a device that runs is done', { booted: true }, 'done', /runs its operating system/],
  ['a running native repair is waited for', { nativeRemediation: { state: 'running', observedAt: at } }, 'wait-for-native-qmr native', /is running/],
  ['but not longer than its limit', { nativeRemediation: { state: 'running', observedAt: at }, nowMs: 60_000 }, 'run-step diagnose', /did not end within 60000 ms/],
  ['one that failed is passed over', { nativeRemediation: { state: 'not-repaired', observedAt: at } }, 'run-step diagnose', /is not-repaired/],
  ['without a network one is brought up', { network: { connected: false, addresses: [] } }, 'run-step network', /not connected/],
  ['the network is tried as often as the step says', { network: { connected: false, addresses: [] }, attempts: [tried('network', 'failed'), tried('network', 'timed-out')] }, 'run-step diagnose', /2 of 2 attempts/],
  ['a locked volume is unlocked first', { volumeLocked: true, attempts: diagnosed }, 'run-step unlock', /is locked/],
  ['the newest restore point comes first', { attempts: diagnosed }, 'run-step restore', /restore point new/],
  ['after it failed the older one is tried', { attempts: [...diagnosed, tried('restore', 'failed')] }, 'run-step restore', /restore point old/],
  ['damaged restore points escalate to rebuild, with the reason', { restorePoints: [point('a', 'damaged'), point('b', 'damaged')], attempts: diagnosed }, 'run-step rebuild', /all 2 restore points are damaged/],
  ['a volume that stays locked escalates to rebuild', { volumeLocked: true, attempts: [...diagnosed, tried('unlock', 'failed')] }, 'run-step rebuild', /still locked/],
  ['a refused restore is not asked again', { attempts: [...diagnosed, tried('restore', 'refused')] }, 'run-step rebuild', /refused: refused it/],
  ['a restore that succeeded is done once the device left WinRE', { attempts: [...diagnosed, tried('restore')] }, 'done', /no new WinRE session was seen since/],
  ['also while the registry knows no session', { attempts: [...diagnosed, tried('restore')], sessionId: undefined }, 'done', /no new WinRE session/],
  ['and escalates when the device comes back to WinRE', { attempts: [...diagnosed, tried('restore')], sessionId: 's-2' }, 'run-step rebuild', /done, and the device still does not boot/],
  ['when everything is used up a person is asked', { attempts: [...diagnosed, tried('restore', 'refused'), tried('rebuild', 'failed')] }, 'ask-person', /no step is left/],
  ['without a session nothing can be sent', { sessionLive: false, attempts: diagnosed }, 'ask-person', /no live WinRE session/],
] satisfies readonly [string, Partial<RecoveryEvidence>, string, RegExp][])('%s', (_name, more, expected, reason) => {
  const decision = nextStep(playbook, evidence(more));
  expect(chosen(decision)).toBe(expected);
  expect(decision.reasons.join('\n')).toMatch(reason);
});

test('the restore point to use is named', () => {
  expect(nextStep(playbook, evidence({ attempts: diagnosed }))).toMatchObject({ restorePointId: 'new', attempt: 1 });
});

test('however the attempts end, a playbook comes to an end and never exceeds its attempts', () => {
  fc.assert(fc.property(fc.infiniteStream(fc.constantFrom<StepAttempt['outcome']>('succeeded', 'failed', 'refused', 'timed-out')), fc.boolean(), fc.boolean(), (outcomes, volumeLocked, damaged) => {
    const attempts: StepAttempt[] = [];
    let last = '';
    for (let round = 0; round < 20; round += 1) {
      const decision = nextStep(playbook, evidence({ attempts, volumeLocked, sessionId: 's-2', ...(damaged ? { restorePoints: [point('x', 'damaged')] } : {}) }));
      expect(decision.reasons.length).toBeGreaterThan(0);
      last = decision.action;
      if (decision.action !== 'run-step') break;
      attempts.push(tried(decision.step.id, outcomes.next().value as StepAttempt['outcome']));
      expect(attempts.filter(({ stepId }) => stepId === decision.step.id).length).toBeLessThanOrEqual(decision.step.maxAttempts);
    }
    expect(last).toBe('ask-person');
  }));
});
