import { createManualClock } from '@winre-kit/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { budgetDecision, freshBudget, noteRefused, noteSent, noteServed, type BudgetLimits } from './budget-decision.ts';
import { createRequestBudgets } from './request-budgets.ts';
import { workloadLimits, workloadOf } from './workloads.table.ts';

const question = { isWrite: false, requests: 1 };
const call = { signal: new AbortController().signal, correlationId: 'c' };

test('in no window goes out more than the budget, and the wait is exactly as long as it must be', () => {
  const limitsOf = fc.record({ windowMs: fc.integer({ min: 1, max: 50 }), maxRequests: fc.integer({ min: 1, max: 8 }), maxWrites: fc.integer({ min: 1, max: 5 }) });
  fc.assert(fc.property(limitsOf, fc.array(fc.record({ afterMs: fc.nat(20), isWrite: fc.boolean(), patient: fc.boolean(), wanted: fc.integer({ min: 1, max: 4 }) }), { maxLength: 80 }), (limits, steps) => {
    let state = freshBudget;
    let nowMs = 0;
    const sent: { atMs: number; isWrite: boolean }[] = [];
    const wentTooEarly: number[] = [];
    for (const { afterMs, isWrite, patient, wanted } of steps) {
      const demand = { isWrite, requests: Math.min(wanted, limits.maxRequests, limits.maxWrites) };
      nowMs += afterMs;
      let decision = budgetDecision(state, limits, demand, nowMs);
      if (!decision.go && patient) {
        if (budgetDecision(state, limits, demand, nowMs + decision.waitMs - 1).go) wentTooEarly.push(nowMs);
        nowMs += decision.waitMs;
        decision = budgetDecision(state, limits, demand, nowMs);
        // Room for the one reason may not be room for the other.
        while (!decision.go) {
          nowMs += decision.waitMs;
          decision = budgetDecision(state, limits, demand, nowMs);
        }
      }
      if (!decision.go) continue;
      for (let request = 0; request < demand.requests; request += 1) sent.push({ atMs: nowMs, isWrite });
      state = noteSent(state, limits, demand, nowMs);
    }
    expect(wentTooEarly).toEqual([]);
    for (const { atMs } of sent) {
      const inWindow = sent.filter((request) => request.atMs >= atMs && request.atMs < atMs + limits.windowMs);
      expect(inWindow.length).toBeLessThanOrEqual(limits.maxRequests);
      expect(inWindow.filter(({ isWrite }) => isWrite).length).toBeLessThanOrEqual(limits.maxWrites);
    }
  }), { numRuns: 300 });
});

test('a refusal closes the window for as long as Graph says; without a word the wait doubles, and answers that come together count once', () => {
  const limits: BudgetLimits = { windowMs: 100, maxRequests: 10, maxWrites: 10 };
  const waitOf = (state: typeof freshBudget, nowMs: number): number | undefined => {
    const decision = budgetDecision(state, limits, question, nowMs);
    return decision.go ? undefined : decision.waitMs;
  };
  expect(waitOf(noteRefused(freshBudget, 0, 7_000), 1_000)).toBe(6_000);
  expect(waitOf(noteRefused(noteRefused(freshBudget, 0, 7_000), 10, 1_000), 1_000)).toBe(6_000);
  let state = freshBudget;
  const waits: (number | undefined)[] = [];
  let nowMs = 0;
  for (let round = 0; round < 8; round += 1) {
    state = noteRefused(noteRefused(state, nowMs, undefined), nowMs, undefined);
    waits.push(waitOf(state, nowMs));
    nowMs += waits.at(-1) ?? 0;
  }
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  expect(waitOf(noteRefused(noteServed(state), nowMs, undefined), nowMs)).toBe(1_000);
});

test('takers wait for their turn; a write does not wait behind reads that have room', async () => {
  const clock = createManualClock();
  const tight = { windowMs: 1_000, maxRequests: 4, maxWrites: 1 };
  const budgets = createRequestBudgets(clock, { devices: tight, configuration: tight, other: tight });
  const order: string[] = [];
  const take = (name: string, isWrite: boolean): Promise<void> => budgets.take('devices', { isWrite, requests: 1 }, call).then(() => void order.push(`${name}@${clock.monotonicMs()}`));
  const all = [take('write 1', true), take('write 2', true), take('read 1', false), take('read 2', false), take('read 3', false), take('read 4', false)];
  await clock.advance(2_000);
  await Promise.all(all);
  expect(order).toEqual(['write 1@0', 'read 1@0', 'read 2@0', 'read 3@0', 'write 2@1000', 'read 4@1000']);
  await budgets.take('configuration', { isWrite: true, requests: 1 }, call);
});

test('room that comes too late is refused before anything is sent; an abort ends the wait', async () => {
  const clock = createManualClock();
  const budgets = createRequestBudgets(clock);
  budgets.refused('devices', 10_000);
  await expect(budgets.take('devices', question, { ...call, deadlineMs: clock.now() + 9_000 })).rejects.toMatchObject({ code: 'resource-exhausted', retryAfterMs: 10_000, facts: { outcome: 'not-sent' } });
  const abort = new AbortController();
  const waiting = budgets.take('devices', question, { ...call, signal: abort.signal });
  abort.abort(new DOMException('enough', 'AbortError'));
  await expect(waiting).rejects.toThrow('enough');
  budgets.refused('devices', 3_600_000);
  await expect(budgets.take('devices', question, call)).rejects.toMatchObject({ code: 'resource-exhausted', retryAfterMs: 3_600_000 });
  await budgets.take('other', question, call);
});

test('paths draw on the budget that Graph counts them in, and on no other by a similar name', () => {
  const paths = ['/deviceManagement/managedDevices', '/deviceManagement/managedDevices/1/wipe', '/deviceManagement/managedDevices?$top=1', '/deviceManagement/configurationPolicies/1', '/deviceManagement/managedDevicesOther', '/deviceManagement/virtualEndpoint/cloudPCs'];
  expect(paths.map(workloadOf)).toEqual(['devices', 'devices', 'devices', 'configuration', 'other', 'other']);
  expect([workloadLimits.devices, workloadLimits.configuration]).toEqual([{ windowMs: 20_000, maxRequests: 2_000, maxWrites: 200 }, { windowMs: 20_000, maxRequests: 1_000, maxWrites: 100 }]);
});
