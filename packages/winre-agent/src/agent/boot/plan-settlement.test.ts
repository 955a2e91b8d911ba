import { expect, test } from 'vitest';
import type { DestructivePlan } from '../state/ledger-entry.ts';
import type { LedgerOperation } from '../state/ledger-view.ts';
import { planSettlement, type SettlementFacts } from './plan-settlement.ts';

const plan = { binding: {}, approvals: [], deliverBy: '' } as unknown as DestructivePlan;
const operation = (capability: string, change: Partial<LedgerOperation> = {}): LedgerOperation => ({
  operationKey: 'key-1', capability, planDigest: '', destructivePlan: /restore|rebuild/.test(capability) ? plan : undefined,
  state: 'started', executionId: 'x', bootId: 'boot-1', attempt: 1, phases: [], finalReport: undefined, ...change,
});
const facts = (mode: 'service' | 'recovery', bootId: string, change: Partial<SettlementFacts> = {}): SettlementFacts => ({ boot: { mode, bootId, reason: 'unknown' }, volumeLocked: false, rollbackPending: false, ...change });
const awaiting = { phases: ['awaiting-boot'] };

test.each([
  ['a script that was received only', operation('winre.script.push', { state: 'received' }), facts('recovery', 'boot-1'), { action: 'conclude', result: { state: 'failed', deviceCode: 'session-lost' } }],
  ['a restore that was received only', operation('winre.restore.trigger', { state: 'received' }), facts('recovery', 'boot-1'), { action: 'take-up' }],
  ['a script that was running', operation('winre.script.push'), facts('recovery', 'boot-1'), { action: 'conclude', result: { state: 'failed', message: expect.stringContaining('in part') } }],
  ['a restore in recovery', operation('winre.restore.trigger'), facts('recovery', 'boot-1'), { action: 'resume', when: 'now' }],
  ['a restore of a locked volume', operation('winre.restore.trigger'), facts('recovery', 'boot-2', { volumeLocked: true }), { action: 'resume', when: 'unlocked' }],
  ['a half-done restore in the system', operation('winre.restore.trigger'), facts('service', 'boot-2', { rollbackPending: true }), { action: 'reboot', request: { mode: 'recovery' } }],
  ['a restore in the system of which nothing is pending', operation('winre.restore.trigger'), facts('service', 'boot-2'), { action: 'resume' }],
  ['a rebuild with an empty volume, in the system', operation('winre.rebuild.trigger', { phases: ['emptying'] }), facts('service', 'boot-2'), { action: 'reboot', request: { mode: 'recovery' } }],
  ['a rebuild in recovery', operation('winre.rebuild.trigger', { phases: ['emptying'] }), facts('recovery', 'boot-2'), { action: 'resume', when: 'now' }],
  ['a rebuild that starts the system', operation('winre.rebuild.trigger', { phases: ['emptying', 'installed', 'awaiting-boot'] }), facts('service', 'boot-2'), { action: 'confirm-boot' }],
  ['a rebuild whose system did not start', operation('winre.rebuild.trigger', { phases: ['emptying', 'installed', 'awaiting-boot'] }), facts('recovery', 'boot-3'), { action: 'conclude', result: { deviceCode: 'boot-check-failed' } }],
  ['an exit right before the start', operation('winre.session.exit', awaiting), facts('recovery', 'boot-1'), { action: 'reboot', request: { mode: 'service' } }],
  ['an exit after the start', operation('winre.session.exit', awaiting), facts('service', 'boot-2'), { action: 'confirm-boot' }],
  ['an exit that ended in recovery again', operation('winre.session.exit', awaiting), facts('recovery', 'boot-3'), { action: 'conclude', result: { state: 'failed', deviceCode: 'boot-check-failed' } }],
  ['an entry into recovery', operation('winre.session.enter', awaiting), facts('recovery', 'boot-2'), { action: 'conclude', result: { state: 'succeeded', evidence: { kind: 'recovery-started' } } }],
  ['an entry that came back to the system', operation('winre.session.enter', awaiting), facts('service', 'boot-2'), { action: 'conclude', result: { state: 'failed' } }],
  ['a key release whose volume is open', operation('winre.keys.release'), facts('recovery', 'boot-1'), { action: 'conclude', result: { state: 'succeeded' } }],
  ['a key release whose volume is locked', operation('winre.keys.release'), facts('recovery', 'boot-1', { volumeLocked: true }), { action: 'conclude', result: { state: 'failed' } }],
  ['a network change', operation('winre.network.configure'), facts('recovery', 'boot-1'), { action: 'conclude', result: { state: 'failed', message: expect.stringContaining('former network') } }],
])('%s', (_name, open, seen, expected) => {
  expect(planSettlement(open, seen)).toMatchObject(expected);
});
