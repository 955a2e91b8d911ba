import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSeededRandomBytes } from '@winre-kit/testkit';
import { beforeEach, expect, test } from 'vitest';
import { openOperationLedger, type OperationLedger } from '../state/operation-ledger.ts';
import { createReportOutbox, type ReportOutbox } from './report-outbox.ts';

const { signal } = new AbortController();
let ledger: OperationLedger;
let outbox: ReportOutbox;
beforeEach(async () => {
  ({ ledger } = await openOperationLedger(await mkdtemp(join(tmpdir(), 'outbox-')), { expectedGeneration: undefined, randomBytes: createSeededRandomBytes('outbox') }));
  outbox = createReportOutbox(ledger);
  return () => ledger.close();
});
const observedAt = '2026-11-22T03:00:00.000Z';
const progress = (percent: number) => ({ state: 'running', rawState: 'running', observedAt, percent }) as const;
async function finish(operationKey: string, commandSequence: number, text = ''): Promise<void> {
  await ledger.append({ entry: 'received', operationKey, commandSequence, capability: 'winre.script.push', planDigest: '0'.repeat(64) });
  const stdout = { text, bytes: text.length, truncated: false, encoding: 'utf-8' } as const;
  await ledger.append({ entry: 'finished', operationKey, reportSequence: 9, report: { state: 'failed', rawState: 'exited', observedAt, notices: [], stdout } });
  outbox.finished();
}

test('of progress only the newest is sent, and a later one is not lost to the answer for an earlier one', async () => {
  outbox.progress('a', 1, progress(10));
  outbox.progress('a', 2, progress(20));
  expect(await outbox.nextBatch(signal)).toMatchObject([{ operationKey: 'a', reportSequence: 2, report: { percent: 20 } }]);
  outbox.progress('a', 3, progress(30));
  await outbox.settle({ acknowledged: [{ operationKey: 'a', reportSequence: 2 }], refused: [] });
  expect(await outbox.nextBatch(signal)).toMatchObject([{ reportSequence: 3 }]);
});

test('a final report is sent until it is acknowledged, and makes progress superfluous', async () => {
  outbox.progress('a', 1, progress(10));
  await finish('a', 1);
  expect(await outbox.nextBatch(signal)).toMatchObject([{ reportSequence: 9, report: { state: 'failed' } }]);
  expect(await outbox.nextBatch(signal)).toHaveLength(1);
  const delivered = outbox.whenDelivered(signal);
  await outbox.settle({ acknowledged: [{ operationKey: 'a', reportSequence: 9 }], refused: [] });
  await delivered;
  expect(ledger.view.operations.get('a')?.finalReport?.acknowledged).toBe(true);
});

test('what the gateway refuses for good is dropped too', async () => {
  await finish('a', 1);
  await outbox.settle({ acknowledged: [], refused: [{ operationKey: 'a', reportSequence: 9, code: 'not-found', message: '' }] });
  await outbox.whenDelivered(signal);
  expect(ledger.view.operations.get('a')?.finalReport?.acknowledged).toBe(true);
});

test('large reports go in several requests', async () => {
  await finish('a', 1, 'x'.repeat(600_000));
  await finish('b', 2, 'y'.repeat(600_000));
  expect(await outbox.nextBatch(signal)).toMatchObject([{ operationKey: 'a' }]);
});
