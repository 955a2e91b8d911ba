import { expect, test } from 'vitest';
import { RecoveryError } from '../../errors/recovery-error.ts';
import { isTerminalState, mayTransition } from '../../contract/operation-transition.ts';
import { operationTransitions } from '../../contract/operation-transitions.table.ts';
import { operationStateSchema, type OperationState } from '../../schemas/operation.ts';
import type { Effect } from '../../schemas/effect.ts';
import type { JournalEntry, SubmittedOperation } from '../journal/journal-entry.ts';
import { foldJournalEntry, handleOf, snapshotOf, type OperationRecord } from './operation-record.ts';
import { transitionPath } from './transition-path.ts';

const at = '2026-11-22T03:00:00.000Z';
const states = operationStateSchema.options;
const effects: readonly Effect[] = ['read', 'write', 'destructive'];
const device = { id: 'device-1', enrolmentEpoch: 'epoch-1' };
const submittedAs = (effect: Effect): SubmittedOperation => ({
  handle: { operationId: 'operation-1', operationKey: 'key-1', plugin: 'p', device, capability: 'winre.session.enter', payloadDigest: '0'.repeat(64), createdAt: at, ttlMs: 1_000 },
  tenantId: 'tenant-1', effect, planDigest: '0'.repeat(64),
  binding: { kind: 'winre-plan/v1', pluginId: 'p', intent: { capability: 'winre.session.enter', tenantId: 'tenant-1', device }, requests: [], secretDigests: {}, descriptorHash: '0'.repeat(64), lossDigest: null },
  prechecks: [], requestedBy: 'olivia', approvalsNeeded: 0, approveBy: at, executeBy: at,
});
const submission = (effect: Effect): JournalEntry => ({ type: 'operation.submitted', operationKey: 'key-1', at, operation: submittedAs(effect) });
const move = (from: OperationState, to: OperationState): JournalEntry => ({ type: 'operation.state', operationKey: 'key-1', at, from, to, reason: 'test' });
const outcomeOf = (fold: () => string): string => {
  try {
    return fold();
  } catch (error) {
    return RecoveryError.isInstance(error) ? error.code : 'another error';
  }
};
const inState = (state: OperationState, effect: Effect): OperationRecord => ({ ...foldJournalEntry(undefined, submission(effect)), state });

test('every pair of states: exactly the edges of the table are folded, every other one is refused', () => {
  for (const effect of effects) {
    for (const from of states) {
      for (const to of states) {
        const allowed = operationTransitions[from].includes(to) && !(effect === 'destructive' && from === 'planned' && to === 'approved');
        expect(outcomeOf(() => foldJournalEntry(inState(from, effect), move(from, to)).state), `${effect}: ${from} to ${to}`).toBe(allowed ? to : 'conflict');
      }
    }
  }
});

test('entries that do not follow each other are data-loss', () => {
  const record = foldJournalEntry(undefined, submission('write'));
  expect(() => foldJournalEntry(record, move('approved', 'dispatching'))).toThrow(expect.objectContaining({ code: 'data-loss' }) as Error);
  expect(() => foldJournalEntry(undefined, move('planned', 'approved'))).toThrow(expect.objectContaining({ code: 'data-loss' }) as Error);
  expect(() => foldJournalEntry(record, submission('write'))).toThrow(expect.objectContaining({ code: 'data-loss' }) as Error);
});

test('a snapshot carries the vendor’s name once there is one', () => {
  const dispatching = foldJournalEntry(foldJournalEntry(foldJournalEntry(undefined, submission('write')), move('planned', 'approved')), move('approved', 'dispatching'));
  expect(handleOf(dispatching).vendorRef).toBeUndefined();
  expect(dispatching.dispatchedMs).toBe(Date.parse(at));
  const report = { vendorRef: 'v-1', state: 'accepted' as const, rawState: 'queued', observedAt: at, notices: [] };
  const accepted = foldJournalEntry(dispatching, { type: 'operation.state', operationKey: 'key-1', at, from: 'dispatching', to: 'accepted', reason: 'queued', report });
  expect(snapshotOf(accepted)).toEqual({ handle: { ...dispatching.submitted.handle, vendorRef: 'v-1' }, state: 'accepted', reason: 'queued', updatedAt: at, report });
});

test('what the vendor said about having it is kept until the next send', () => {
  const report = { vendorRef: 'v-1', state: 'accepted' as const, rawState: 'queued', observedAt: '2026-11-22T04:00:00.000Z', notices: [] };
  const moved = (from: OperationState, to: OperationState, more: object = {}): JournalEntry => ({ ...move(from, to), ...more });
  const dispatching = foldJournalEntry({ ...inState('approved', 'destructive'), evidence: { kind: 'old', observedAt: at, source: 'agent', detail: null } }, move('approved', 'dispatching'));
  expect(dispatching).toMatchObject({ taken: undefined, evidence: undefined });
  const accepted = foldJournalEntry(dispatching, moved('dispatching', 'accepted', { report }));
  expect(accepted.taken).toEqual({ vendorRef: 'v-1', atMs: Date.parse(report.observedAt) });
  expect(foldJournalEntry(dispatching, moved('dispatching', 'accepted', { report: { ...report, acceptedAt: at } })).taken?.atMs).toBe(Date.parse(at));
  expect(foldJournalEntry(dispatching, moved('dispatching', 'unknown', { report: { ...report, state: 'unknown' } })).taken).toEqual({ vendorRef: 'v-1', atMs: undefined });
  expect(foldJournalEntry(dispatching, move('dispatching', 'unknown')).taken).toBeUndefined();
  expect(foldJournalEntry(dispatching, moved('dispatching', 'awaiting-vendor-approval', { report })).taken).toBeUndefined();
  const unknown = foldJournalEntry(accepted, move('accepted', 'unknown'));
  expect(unknown.taken?.vendorRef).toBe('v-1');
  expect(foldJournalEntry(unknown, move('unknown', 'dispatching')).taken).toBeUndefined();
});

test('a path between any two states uses edges of the table only, and never resends or skips approval', () => {
  for (const effect of effects) {
    for (const from of states) {
      for (const to of states) {
        const path = transitionPath(from, to, effect);
        expect(!mayTransition(from, to, effect) || path?.join() === to, `${from} to ${to}`).toBe(true);
        let here = from;
        for (const next of path ?? []) {
          expect(mayTransition(here, next, effect)).toBe(true);
          expect(here === 'unknown' && next === 'dispatching' && path?.length !== 1).toBe(false);
          here = next;
        }
        expect(path?.slice(0, -1).some((state) => isTerminalState(state) || state === 'unknown') ?? false).toBe(false);
      }
    }
  }
  expect(transitionPath('dispatching', 'succeeded', 'destructive')).toEqual(['accepted', 'verifying', 'succeeded']);
  expect(transitionPath('unknown', 'cancelled', 'write')).toEqual(['accepted', 'cancelled']);
  expect(transitionPath('succeeded', 'failed', 'write')).toBeUndefined();
});
