import { runPlaybook, playbookSchema, type PlaybookEvent, type PlaybookRun } from '@winre-kit/sdk/host';
import { generateSigningKey, createStatementSigner, instantAt, signScript, type SignedApproval } from '@winre-kit/sdk';
import { expect, test } from 'vitest';
import { device, people, restoreIntent, setUpHost, type HostSetup } from './host-setup.ts';

const dayMs = 86_400_000;
const playbook = playbookSchema.parse({ id: 'standard', version: '1', steps: [
  { id: 'restore', kind: 'restore', timeLimitMs: dayMs, maxAttempts: 2 },
  { id: 'rebuild', kind: 'rebuild', timeLimitMs: dayMs },
] });

function runOf(setup: HostSetup, more: Partial<PlaybookRun> = {}): PlaybookRun {
  return {
    host: setup.host, pluginId: 'fake-plugin', device, playbook, runId: 'run-1', requestedBy: 'olivia@example.com', approveWithinMs: 2 * dayMs, executeWithinMs: 2 * dayMs, ttlMs: 2 * dayMs,
    signal: new AbortController().signal,
    intentFor: (step, { restorePointId }) => (step.kind === 'restore' ? { ...restoreIntent, restorePointId } : { capability: 'winre.rebuild.trigger', tenantId: 'tenant-1', device, offeringId: 'offering-1' }),
    observe: () => Promise.resolve({ sessionLive: true }),
    requestApprovals: async (request) => [await setup.approval(request.operationKey, people.ada)],
    ...more,
  };
}
async function eventsOf(setup: HostSetup, run: PlaybookRun, stepMs = (): number => 500): Promise<string[]> {
  const told = async (): Promise<string[]> => {
    const lines: string[] = [];
    for await (const event of runPlaybook(run)) lines.push(lineOf(event));
    return lines;
  };
  return drive(setup, told(), stepMs);
}
/** Lets time pass in small steps: signatures are made on other threads, and a step's time limit must not be jumped over meanwhile. */
async function drive<Value>({ clock }: HostSetup, promise: Promise<Value>, stepMs: () => number): Promise<Value> {
  let settled = false;
  const mark = (): void => void (settled = true);
  promise.then(mark, mark);
  while (!settled) await clock.advance(stepMs());
  return promise;
}
function lineOf(event: PlaybookEvent): string {
  if (event.type === 'decision') return `decision ${event.decision.action}${'step' in event.decision ? ` ${event.decision.step.id}` : ''}`;
  return event.type === 'attempt' ? `attempt ${event.attempt.stepId} ${event.attempt.outcome}` : `ended ${event.outcome}`;
}

test('a restore that an approver signs brings the device back', async () => {
  const setup = await setUpHost();
  expect(await eventsOf(setup, runOf(setup))).toEqual(['decision run-step restore', 'attempt restore succeeded', 'decision done', 'ended done']);
  expect(setup.vendor.effectsOf('run-1:restore:1')).toBe(1);
  const { entries } = await setup.audit.exportAudit();
  expect(entries.filter(({ kind }) => kind === 'playbook.decision').map(({ facts }) => facts['reasons'])).toEqual([[expect.stringContaining('restore point restore-point-1')], [expect.stringContaining('restore succeeded')]]);
});

test('damaged restore points escalate to rebuild', async () => {
  const setup = await setUpHost();
  setup.vendor.restorePoints[0] = { id: 'restore-point-1', takenAt: instantAt(0), state: 'damaged', trigger: 'schedule' };
  expect(await eventsOf(setup, runOf(setup))).toEqual(['decision run-step rebuild', 'attempt rebuild succeeded', 'decision done', 'ended done']);
});

test('a failed restore is tried again, then escalated', async () => {
  const setup = await setUpHost();
  setup.vendor.failNextStart({ kind: 'fail', exitCode: 1 }, { kind: 'fail', exitCode: 2 });
  expect(await eventsOf(setup, runOf(setup))).toEqual([
    'decision run-step restore', 'attempt restore failed', 'decision run-step restore', 'attempt restore failed', 'decision run-step rebuild', 'attempt rebuild succeeded', 'decision done', 'ended done',
  ]);
});

test('a person who says no is not asked the same again', async () => {
  const setup = await setUpHost();
  const run = runOf(setup, { requestApprovals: async ({ operationKey }): Promise<SignedApproval[]> => [await setup.approval(operationKey, people.ada, { decision: 'reject' })] });
  expect(await eventsOf(setup, run)).toEqual(['decision run-step restore', 'attempt restore refused', 'decision run-step rebuild', 'attempt rebuild refused', 'decision ask-person', 'ended ask-person']);
  expect(setup.vendor.startsReceived).toHaveLength(0);
});

test('approvals that never come run into the time limit; what waits is cancelled and never sent later', async () => {
  const setup = await setUpHost();
  let isWaiting = false;
  const run = runOf(setup, { requestApprovals: (_request, { signal }) => new Promise((_resolve, reject) => {
    isWaiting = true;
    signal.addEventListener('abort', () => {
      isWaiting = false;
      reject(signal.reason as Error);
    });
  }) });
  const lines = await eventsOf(setup, run, () => (isWaiting ? dayMs / 2 : 500));
  expect(lines.filter((line) => line.startsWith('attempt'))).toEqual(['attempt restore timed-out', 'attempt restore timed-out', 'attempt rebuild timed-out']);
  expect((await setup.host.operations.list()).map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'cancelled']);
});

test('the same run again after a restart goes on with the same operation', async () => {
  const setup = await setUpHost();
  const stop = new AbortController();
  const first = runOf(setup, { signal: stop.signal, requestApprovals: (_request, { signal }) => new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
    stop.abort(new Error('host stops'));
  }) });
  await expect(eventsOf(setup, first)).rejects.toThrow('host stops');
  expect((await setup.host.operations.get('run-1:restore:1')).state).toBe('awaiting-approval');
  expect(await eventsOf(setup, runOf(setup))).toContain('attempt restore succeeded');
  expect(await setup.host.operations.list()).toHaveLength(1);
});

test('an untrusted script is refused and passed over; no session means a person is asked', async () => {
  const setup = await setUpHost();
  const forger = createStatementSigner(await generateSigningKey());
  const script = await signScript({ content: 'true', manifest: { name: 'x', interpreter: 'sh', successExitCodes: [0], timeoutMs: 1_000, maxOutputBytes: 1_000 } }, { tenantId: 'tenant-1', issuedAt: instantAt(0), expiresAt: '2036-01-01T00:00:00.000Z' }, forger);
  const withScript = playbookSchema.parse({ id: 'p', version: '1', steps: [{ id: 'script', kind: 'script', timeLimitMs: dayMs, maxAttempts: 3 }] });
  expect(await eventsOf(setup, runOf(setup, { playbook: withScript, intentFor: () => ({ capability: 'winre.script.push', tenantId: 'tenant-1', device, script }) }))).toEqual(['decision run-step script', 'attempt script refused', 'decision ask-person', 'ended ask-person']);
  expect(await eventsOf(setup, runOf(setup, { runId: 'run-2', observe: () => Promise.resolve({ sessionLive: false }) }))).toEqual(['decision ask-person', 'ended ask-person']);
});
