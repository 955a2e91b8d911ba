import { instantAt, signScript } from '@winre-kit/sdk';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { signTrustUpdate } from '../src/protocol/index.ts';
import { approve, digestTree, openAgentBench, outcomeOf, sessionOf, type AgentBench } from './agent-bench.ts';
import { createPerson, tenantId } from './gateway-bench.ts';
import { agentOf, deviceInRecovery, enrolMachine, makeMachine, runAgent } from './test-agent.ts';

const signal = AbortSignal.timeout(60_000);
let bench: AgentBench;
beforeAll(async () => {
  bench = await openAgentBench();
});
afterAll(async () => bench[Symbol.asyncDispose]());

test('a device in service mode takes restore points by policy, goes to recovery when asked, and back', async () => {
  const machine = await makeMachine(bench, 'asked');
  const agent = await agentOf(bench, machine);
  await enrolMachine(bench, machine, agent);
  await using open = new AsyncDisposableStack();
  open.use(runAgent(agent));
  await vi.waitFor(async () => expect((await bench.gateway.query(machine.deviceId, { kind: 'restore-points' }, { signal })).restorePoints).toMatchObject([{ trigger: 'schedule', state: 'intact' }]), 10_000);
  const device = { id: machine.deviceId, enrolmentEpoch: machine.enrolmentEpoch };
  await bench.gateway.submitOperation(await approve(bench, 'enter-1', { capability: 'winre.session.enter', tenantId, device }));
  expect(await outcomeOf(bench, 'enter-1')).toMatchObject({ state: 'succeeded', evidence: { kind: 'recovery-started' } });
  const session = await sessionOf(bench, machine.deviceId);
  expect(session.bootReason).toBe('requested');
  await bench.gateway.submitOperation(await approve(bench, 'remediation-1', { capability: 'winre.remediation.test', tenantId, device }));
  expect(await outcomeOf(bench, 'remediation-1')).toMatchObject({ state: 'succeeded' });
  expect(await bench.gateway.query(machine.deviceId, { kind: 'remediation-outcome' }, { signal })).toMatchObject({ state: 'test-passed' });
  await bench.gateway.submitOperation(await approve(bench, 'exit-1', { capability: 'winre.session.exit', tenantId, device, sessionId: session.sessionId }));
  expect(await outcomeOf(bench, 'exit-1')).toMatchObject({ state: 'succeeded', evidence: { kind: 'boot-check-passed' } });
});

test('an exit into a system that does not boot fails, and the device is in recovery again', async () => {
  await using recovering = await deviceInRecovery(bench, 'hopeless');
  const { device, session, machine } = recovering;
  await bench.gateway.submitOperation(await approve(bench, 'exit-2', { capability: 'winre.session.exit', tenantId, device, sessionId: session.sessionId }));
  expect(await outcomeOf(bench, 'exit-2')).toMatchObject({ state: 'failed', deviceCode: 'boot-check-failed' });
  expect((await sessionOf(bench, machine.deviceId)).bootReason).toBe('boot-failure');
});

test('diagnostics say what the device sees, and become an artifact by consent', async () => {
  await using recovering = await deviceInRecovery(bench, 'observed');
  const reply = await bench.gateway.query(recovering.device.id, { kind: 'diagnostics' }, { signal });
  expect(reply).toMatchObject({ bootCheck: { state: 'failed', detail: expect.stringContaining('kernel panic') }, details: { mode: 'recovery', artifactId: expect.any(String) } });
  expect(await bench.gateway.listArtifacts(recovering.device.id)).toMatchObject([{ name: 'diagnostics.json', category: 'diagnostics' }]);
});

test('a key that an approver adds counts from the next message on, and one that was taken away no more', async () => {
  await using recovering = await deviceInRecovery(bench, 'rotated');
  const newSigner = await createPerson('nia', 'sign-scripts');
  await bench.gateway.applyTrustUpdate(tenantId, await signTrustUpdate({ kind: 'winre-trust-update/v1', tenantId, sequence: 1, addKeys: [newSigner.key], removeKeyIds: [bench.scriptSigner.key.keyId] }, bench.approver.signer));
  const terms = { tenantId, issuedAt: instantAt(bench.clock.now() - 60_000), expiresAt: instantAt(bench.clock.now() + 3_600_000) };
  const manifest = { name: 'hello', interpreter: 'sh' as const, successExitCodes: [0], timeoutMs: 5_000, maxOutputBytes: 1_000 };
  for (const [operationKey, { signer }, state] of [['new-key', newSigner, 'succeeded'], ['old-key', bench.scriptSigner, 'failed']] as const) {
    const script = await signScript({ content: 'true', manifest }, terms, signer);
    await bench.gateway.submitOperation(await approve(bench, operationKey, { capability: 'winre.script.push', tenantId, device: recovering.device, script }));
    expect(await outcomeOf(bench, operationKey)).toMatchObject({ state });
  }
});

test('an agent that is restarted in recovery goes on in the same session, and changes nothing by itself', async () => {
  const machine = await (async () => {
    await using recovering = await deviceInRecovery(bench, 'restarted');
    return { ...recovering.machine, session: recovering.session, before: await digestTree(recovering.machine.volume) };
  })();
  await using open = new AsyncDisposableStack();
  open.use(runAgent(await agentOf(bench, machine)));
  await bench.gateway.query(machine.deviceId, { kind: 'network-status' }, { signal });
  expect((await sessionOf(bench, machine.deviceId)).sessionId).toBe(machine.session.sessionId);
  expect(await digestTree(machine.volume)).toEqual(machine.before);
});
