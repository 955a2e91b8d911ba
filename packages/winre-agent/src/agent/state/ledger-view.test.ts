import { expect, test } from 'vitest';
import type { DeviceReport } from '../../protocol/index.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import { viewOfLedger } from './ledger-view.ts';

const generation = Buffer.alloc(16).toString('base64');
const report: DeviceReport = { state: 'failed', rawState: 'refused', observedAt: '2026-11-22T03:00:00.000Z', notices: [] };
const history: LedgerEntry[] = [
  { entry: 'opened', stateGeneration: generation, replacesLostLedger: false },
  { entry: 'received', operationKey: 'a', commandSequence: 4, capability: 'winre.script.push', planDigest: '0'.repeat(64) },
  { entry: 'started', operationKey: 'a', executionId: 'x1', bootId: 'b1' },
  { entry: 'phase', operationKey: 'a', phase: 'witnessed' },
];

test('an operation goes from received to started, with its steps', () => {
  expect(viewOfLedger(history)).toMatchObject({ stateGeneration: generation, lastCommandSequence: 4 });
  expect(viewOfLedger(history).operations.get('a')).toMatchObject({ state: 'started', executionId: 'x1', bootId: 'b1', attempt: 1, phases: ['witnessed'] });
});

test('every time it is taken up again counts, so that report numbers keep growing, and the execution stays the same', () => {
  expect(viewOfLedger([...history, { entry: 'resumed', operationKey: 'a' }]).operations.get('a')).toMatchObject({ executionId: 'x1', attempt: 2 });
  const [opened, received, started] = history;
  if (!opened || !received || !started) throw new RangeError('the history is shorter than expected');
  expect(viewOfLedger([opened, received, { entry: 'resumed', operationKey: 'a' }, started]).operations.get('a')?.attempt).toBe(2);
});

test('a final report is to be sent until it is acknowledged, and again when the command comes again', () => {
  const finished: LedgerEntry[] = [...history, { entry: 'finished', operationKey: 'a', reportSequence: 7, report }];
  expect(viewOfLedger(finished).operations.get('a')).toMatchObject({ state: 'finished', finalReport: { reportSequence: 7, acknowledged: false } });
  const acknowledged: LedgerEntry[] = [...finished, { entry: 'acknowledged', operationKey: 'a', reportSequence: 7 }];
  expect(viewOfLedger(acknowledged).operations.get('a')?.finalReport?.acknowledged).toBe(true);
  expect(viewOfLedger([...finished, { entry: 'acknowledged', operationKey: 'a', reportSequence: 6 }]).operations.get('a')?.finalReport?.acknowledged).toBe(false);
  const repeated = viewOfLedger([...acknowledged, { entry: 'repeated', operationKey: 'a', commandSequence: 9 }]);
  expect(repeated.lastCommandSequence).toBe(9);
  expect(repeated.operations.get('a')?.finalReport?.acknowledged).toBe(false);
});

test('only the first signed time after a lost ledger counts', () => {
  const view = viewOfLedger([{ entry: 'opened', stateGeneration: generation, replacesLostLedger: true }, { entry: 'anchored', gatewayTimeMs: 5 }, { entry: 'anchored', gatewayTimeMs: 9 }]);
  expect(view).toMatchObject({ replacesLostLedger: true, anchoredAtMs: 5 });
});
