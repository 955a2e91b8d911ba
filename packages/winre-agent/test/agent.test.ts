import { expect, test } from 'vitest';
import { approve, breakVolume, digestTree, openAgentBench, outcomeOf, sessionOf } from './agent-bench.ts';
import { agentOf, enrolMachine, makeMachine, runAgent } from './test-agent.ts';
import { tenantId } from './gateway-bench.ts';

const signal = AbortSignal.timeout(60_000);

test('a device that does not boot comes back: detected, planned, approved, restored in place, booted', async () => {
  await using bench = await openAgentBench();
  const machine = await makeMachine(bench, 'laptop');
  const logged: string[] = [];
  const agent = await agentOf(bench, machine, { logged });
  await enrolMachine(bench, machine, agent);
  const { id: restorePointId } = await agent.takeRestorePoint({ signal });
  const before = await digestTree(machine.volume);
  await breakVolume(machine.volume);
  await using open = new AsyncDisposableStack();
  open.use(runAgent(agent));
  const session = await sessionOf(bench, machine.deviceId);
  expect(session).toMatchObject({ bootReason: 'boot-failure', confidence: 'confirmed' });
  const device = { id: machine.deviceId, enrolmentEpoch: machine.enrolmentEpoch };

  const points = await bench.gateway.query(machine.deviceId, { kind: 'restore-points' }, { signal });
  expect(points.restorePoints).toEqual([expect.objectContaining({ id: restorePointId, state: 'intact', trigger: 'request' })]);
  const preview = await bench.gateway.query(machine.deviceId, { kind: 'restore-preview', restorePointId }, { signal });
  expect(preview.loss.entries).toEqual([{ path: 'kernel', change: 'modified', bytes: expect.any(Number) }, { path: 'update.log', change: 'created', bytes: 15 }]);

  const restore = { capability: 'winre.restore.trigger', tenantId, device, restorePointId, safetySnapshot: true } as const;
  await bench.gateway.submitOperation(await approve(bench, 'restore-1', restore, { lossDigest: preview.loss.digest }));
  const restored = await outcomeOf(bench, 'restore-1');
  expect(restored).toMatchObject({ state: 'succeeded', evidence: { kind: 'volume-matches-restore-point', source: 'agent', detail: { restorePointId } } });
  expect(await digestTree(machine.volume)).toEqual(before);
  expect(bench.witnessed).toEqual([expect.objectContaining({ operationKey: 'restore-1' })]);

  await bench.gateway.submitOperation(await approve(bench, 'exit-1', { capability: 'winre.session.exit', tenantId, device, sessionId: session.sessionId }));
  expect(await outcomeOf(bench, 'exit-1')).toMatchObject({ state: 'succeeded', evidence: { kind: 'boot-check-passed' } });
});

test('a device that broke before its first restore point says that it has none', async () => {
  await using bench = await openAgentBench();
  const machine = await makeMachine(bench, 'new-laptop');
  const agent = await agentOf(bench, machine);
  await enrolMachine(bench, machine, agent);
  await breakVolume(machine.volume);
  await using open = new AsyncDisposableStack();
  open.use(runAgent(agent));
  await sessionOf(bench, machine.deviceId);
  expect(await bench.gateway.query(machine.deviceId, { kind: 'restore-points' }, { signal })).toEqual({ restorePoints: [] });
});
