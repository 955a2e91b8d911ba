import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTerminalState, mayTransition } from '../../contract/operation-transition.ts';
import { operationStateSchema, type OperationReport, type OperationState } from '../../schemas/operation.ts';
import type { Effect } from '../../schemas/effect.ts';
import type { SubmittedOperation } from '../journal/journal-entry.ts';
import { isNewEvidence, judgeReport } from './judge-report.ts';
import type { OperationRecord } from './operation-record.ts';

const dispatchedMs = Date.UTC(2026, 10, 22, 3);
const instant = (offsetMs: number): string => new Date(dispatchedMs + offsetMs).toISOString();
const record = (state: OperationState, effect: Effect = 'destructive', report?: OperationReport): OperationRecord => ({
  submitted: { effect } as SubmittedOperation, state, reason: '', report, evidence: undefined, approvals: [], findings: [], dispatchedMs, taken: undefined, cancelRequested: undefined, updatedAt: instant(0),
});
const report = (state: OperationState, more: Partial<OperationReport> = {}): OperationReport => ({ vendorRef: 'v', state, rawState: `raw-${state}`, observedAt: instant(1), notices: [], ...more });
const evidence = (offsetMs: number): OperationReport['evidence'] => ({ kind: 'boot', observedAt: instant(offsetMs), source: 'agent', detail: null });

test('destructive success needs evidence newer than the dispatch', () => {
  expect(judgeReport(record('running'), report('succeeded')).path).toEqual(['verifying']);
  expect(judgeReport(record('running'), report('succeeded', { evidence: evidence(0) }))).toMatchObject({ path: ['verifying'], evidence: undefined, reason: expect.stringContaining('from before it was sent') as string });
  expect(judgeReport(record('running'), report('succeeded', { evidence: evidence(1) })).path).toEqual(['verifying', 'succeeded']);
  expect(judgeReport(record('running', 'write'), report('succeeded')).path).toEqual(['verifying', 'succeeded']);
  expect(isNewEvidence({ ...record('running'), dispatchedMs: undefined }, report('succeeded', { evidence: evidence(1) }))).toBe(false);
  expect(judgeReport({ ...record('verifying'), evidence: evidence(1) }, report('succeeded')).path).toEqual(['succeeded']);
});

test('evidence is measured by the vendor’s clock once the vendor said when it took the operation', () => {
  const taken = { vendorRef: 'v', atMs: dispatchedMs + 3_600_000 };
  expect(isNewEvidence({ ...record('running'), taken }, report('succeeded', { evidence: evidence(3_600_000) }))).toBe(false);
  expect(isNewEvidence({ ...record('running'), taken }, report('succeeded', { evidence: evidence(3_600_001) }))).toBe(true);
  expect(isNewEvidence({ ...record('running'), taken: { ...taken, atMs: dispatchedMs - 7_200_000 } }, report('succeeded', { evidence: evidence(-3_600_000) }))).toBe(true);
  expect(isNewEvidence({ ...record('running'), taken: { ...taken, atMs: undefined } }, report('succeeded', { acceptedAt: instant(5), evidence: evidence(5) }))).toBe(false);
});

test('a report about another operation of the vendor is the plug-in’s defect', () => {
  const taken = { vendorRef: 'other', atMs: undefined };
  expect(() => judgeReport({ ...record('running'), taken }, report('failed'))).toThrow(expect.objectContaining({ code: 'internal', fieldPath: 'vendorRef' }) as Error);
});

test('what goes back, repeats, or was never sent changes nothing', () => {
  expect(judgeReport(record('running'), report('accepted'))).toMatchObject({ path: [], report: undefined });
  expect(judgeReport(record('approved'), report('running'))).toMatchObject({ path: [], report: undefined });
  expect(judgeReport(record('accepted'), report('planned'))).toMatchObject({ path: [], report: undefined });
  expect(judgeReport(record('succeeded'), report('failed'))).toMatchObject({ path: [], report: undefined });
  expect(judgeReport(record('running'), report('running')).path).toEqual([]);
});

test('a vendor that does not know makes the outcome unknown; only a reconcile brings it back', () => {
  expect(judgeReport(record('running'), report('unknown')).path).toEqual(['unknown']);
  expect(judgeReport(record('unknown'), report('unknown')).path).toEqual([]);
  expect(judgeReport(record('unknown'), report('dispatching')).path).toEqual(['accepted']);
  expect(judgeReport(record('unknown'), report('rejected')).path).toEqual(['failed']);
});

test('a parked operation that the vendor released stays parked until it is started again', () => {
  expect(judgeReport(record('awaiting-vendor-approval'), report('dispatching'))).toMatchObject({ path: [], reason: expect.stringContaining('start it again') as string });
  expect(judgeReport(record('awaiting-vendor-approval'), report('rejected')).path).toEqual(['rejected']);
});

test('any sequence of reports: states along the table, percent only grows, 100 only at the end, no destructive success without new evidence', () => {
  const anyReport = fc.record({ state: fc.constantFrom(...operationStateSchema.options), percent: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }), evidenceMs: fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined }) });
  fc.assert(fc.property(fc.constantFrom<Effect>('write', 'destructive'), fc.array(anyReport, { maxLength: 15 }), (effect, reports) => {
    let now = record('dispatching', effect);
    for (const { state, percent, evidenceMs } of reports) {
      const said = report(state, { ...(percent === undefined ? {} : { percent }), ...(evidenceMs === undefined ? {} : { evidence: evidence(evidenceMs) }) });
      const verdict = judgeReport(now, said);
      let here = now.state;
      for (const next of verdict.path) {
        expect(mayTransition(here, next, effect)).toBe(true);
        here = next;
      }
      const before = now.report?.percent ?? 0;
      now = { ...now, state: here, report: verdict.report ?? now.report };
      expect(now.report?.percent ?? 0).toBeGreaterThanOrEqual(before);
      expect(now.report?.percent === 100 && verdict.report !== undefined && !isTerminalState(now.state)).toBe(false);
      expect(here === 'succeeded' && effect === 'destructive' && verdict.path.length > 0 && !((evidenceMs ?? 0) > 0)).toBe(false);
    }
  }));
});

test('an exit code that the signed manifest does not count as success is a failure, whatever the vendor calls it', () => {
  const manifest = { successExitCodes: [0, 3_010] };
  const script = { capability: 'winre.script.push', script: { manifest } };
  const bundle = { capability: 'winre.package.push', package: { manifest: { entryPoint: manifest } } };
  for (const intent of [script, bundle]) {
    const running = { ...record('running', 'write'), submitted: { effect: 'write', binding: { intent } } as unknown as SubmittedOperation };
    expect(judgeReport(running, report('succeeded', { exitCode: 5 }))).toMatchObject({ path: ['failed'], reason: expect.stringContaining('exit code 5') as string });
    expect(judgeReport(running, report('succeeded', { exitCode: 3_010 })).path).toEqual(['verifying', 'succeeded']);
    expect(judgeReport(running, report('succeeded')).path).toEqual(['verifying', 'succeeded']);
  }
});
