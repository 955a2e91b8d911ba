import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planDigestOf, type Intent, type PlanBinding } from '@winre-kit/sdk';
import { createManualClock, createSeededRandomBytes } from '@winre-kit/testkit';
import { beforeEach, expect, test } from 'vitest';
import type { OperationCommand } from '../../protocol/index.ts';
import type { AgentServices } from '../agent-services.ts';
import type { Channel } from '../channel/open-channel.ts';
import { createReportOutbox, type ReportOutbox } from '../channel/report-outbox.ts';
import { openOperationLedger, type OperationLedger } from '../state/operation-ledger.ts';
import type { OperationHandlers } from './operation-handler.ts';
import { createOperationRunner, type OperationRunner } from './operation-runner.ts';

const nowMs = Date.UTC(2026, 10, 22, 3);
const device = { id: 'device-1', enrolmentEpoch: 'epoch-1' };
const intent: Intent = { capability: 'winre.remediation.test', tenantId: 'tenant-1', device };
const channel = { sessionId: 'session-1' } as unknown as Channel;
let ledger: OperationLedger;
let outbox: ReportOutbox;
let runs: number;
let runner: OperationRunner;
beforeEach(async () => {
  const randomBytes = createSeededRandomBytes('runner');
  ({ ledger } = await openOperationLedger(await mkdtemp(join(tmpdir(), 'runner-')), { expectedGeneration: undefined, randomBytes }));
  outbox = createReportOutbox(ledger);
  runs = 0;
  const handlers: OperationHandlers = {
    'winre.remediation.test': async () => async () => {
      runs += 1;
      return { state: 'succeeded', rawState: 'done', message: '' };
    },
    'winre.session.enter': async () => async () => ({ state: 'awaiting-boot', mode: 'recovery', reason: 'requested' }),
  };
  const services = {
    clock: createManualClock({ nowMs }), randomBytes, log: () => {}, boot: { bootId: 'boot-1', mode: 'service', reason: 'unknown' }, link: { gatewayTimeMs: () => nowMs, channel },
    enrolment: { current: { tenantId: 'tenant-1', deviceId: 'device-1', enrolmentEpoch: 'epoch-1', trustedKeys: [] } },
  } as unknown as AgentServices;
  runner = createOperationRunner(services, { ledger, outbox, handlers });
  return () => ledger.close();
});

async function command(sequence: number, change: Partial<OperationCommand> = {}, of: Intent = intent): Promise<OperationCommand> {
  const binding: PlanBinding = { kind: 'winre-plan/v1', pluginId: 'sample', intent: of, requests: [], secretDigests: {}, descriptorHash: '0'.repeat(64), lossDigest: null };
  return { kind: 'operation', commandId: `command-${sequence}`, sequence, operationKey: 'key-1', planDigest: await planDigestOf(binding), binding, approvals: [], deliverBy: '2026-11-22T04:00:00.000Z', sealedSecrets: {}, ...change };
}
/** Runs until everything that was received has a final report. */
async function settle(): Promise<void> {
  const stop = new AbortController();
  const running = runner.run(stop.signal).catch(() => {});
  while ([...ledger.view.operations.values()].some(({ state }) => state !== 'finished')) await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  await running;
}

test('a command is written down before it is executed', async () => {
  await runner.receive(await command(4), channel);
  expect(ledger.view).toMatchObject({ lastCommandSequence: 4 });
  expect(runs).toBe(0);
  await settle();
  expect(runs).toBe(1);
  expect(ledger.view.operations.get('key-1')).toMatchObject({ state: 'finished', executionId: expect.stringMatching(/^[0-9a-f]{32}$/), finalReport: { report: { state: 'succeeded', percent: 100 } } });
});

test('the same command again, and the same operation under a new number, execute nothing; the report is sent again', async () => {
  await runner.receive(await command(4), channel);
  await settle();
  await outbox.settle({ acknowledged: (await outbox.nextBatch(new AbortController().signal)).map(({ operationKey, reportSequence }) => ({ operationKey, reportSequence })), refused: [] });
  await runner.receive(await command(4), channel);
  await runner.receive(await command(7), channel);
  await settle();
  expect(runs).toBe(1);
  expect(ledger.view.lastCommandSequence).toBe(7);
  expect(await outbox.nextBatch(new AbortController().signal)).toMatchObject([{ operationKey: 'key-1', report: { state: 'succeeded' } }]);
});

test('a refusal is a failed report with the code, and says that nothing was changed', async () => {
  await runner.receive(await command(4, { deliverBy: '2026-11-22T02:00:00.000Z' }), channel);
  await runner.receive(await command(5, { operationKey: 'key-2' }, { ...intent, capability: 'winre.keys.escrow', action: 'rotate' }), channel);
  await settle();
  expect(runs).toBe(0);
  expect(ledger.view.operations.get('key-1')?.finalReport?.report).toMatchObject({ state: 'failed', deviceCode: 'deadline-exceeded', message: expect.stringContaining('nothing was') });
  expect(ledger.view.operations.get('key-2')?.finalReport?.report).toMatchObject({ state: 'failed', deviceCode: 'unsupported' });
  expect(ledger.view.operations.get('key-1')?.executionId).toBeUndefined();
});

test('an operation that ends with a new start of the machine is left open for what is seen then', async () => {
  await runner.receive(await command(4, {}, { capability: 'winre.session.enter', tenantId: 'tenant-1', device }), channel);
  expect(await runner.run(new AbortController().signal)).toEqual({ mode: 'recovery', reason: 'requested' });
  expect(ledger.view.operations.get('key-1')).toMatchObject({ state: 'started', phases: ['awaiting-boot'] });
});
