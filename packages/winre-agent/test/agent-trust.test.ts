import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { instantAt, signScript, type ScriptManifest } from '@winre-kit/sdk';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { approve, breakVolume, clockAt, digestTree, openAgentBench, outcomeOf, sessionOf, type AgentBench } from './agent-bench.ts';
import { tenantId } from './gateway-bench.ts';
import { agentOf, deviceInRecovery, enrolMachine, makeMachine, runAgent, startProgram } from './test-agent.ts';

const signal = AbortSignal.timeout(60_000);
const years = 5 * 365 * 86_400_000;
let bench: AgentBench;
beforeAll(async () => {
  bench = await openAgentBench();
});
afterAll(async () => bench[Symbol.asyncDispose]());

describe('a restore that the gateway would let through', () => {
  test('is refused when the loss is not the one that was approved', async () => {
    await using recovering = await deviceInRecovery(bench, 'stale');
    const { device, restorePointId, machine } = recovering;
    const { loss } = await bench.gateway.query(device.id, { kind: 'restore-preview', restorePointId }, { signal });
    await writeFile(join(machine.volume, 'written-since'), 'by a script');
    const before = await digestTree(machine.volume);
    await bench.gateway.submitOperation(await approve(bench, 'stale-1', { capability: 'winre.restore.trigger', tenantId, device, restorePointId, safetySnapshot: false }, { lossDigest: loss.digest }));
    expect(await outcomeOf(bench, 'stale-1')).toMatchObject({ state: 'failed', deviceCode: 'plan-stale', message: expect.stringContaining('nothing was changed') });
    expect(await digestTree(machine.volume)).toEqual(before);
    expect(bench.witnessed.filter(({ operationKey }) => operationKey === 'stale-1')).toEqual([]);
  });

  test('is refused when the restore point is damaged, which the list of points says too', async () => {
    await using recovering = await deviceInRecovery(bench, 'damaged');
    const { device, restorePointId, machine } = recovering;
    const { loss } = await bench.gateway.query(device.id, { kind: 'restore-preview', restorePointId }, { signal });
    const [pack] = Object.entries(await digestTree(machine.restorePoints)).find(([path, digest]) => path.includes('pack') && digest !== 'directory') ?? [];
    const path = join(machine.restorePoints, pack ?? '');
    const bytes = await readFile(path);
    // Behind its header of 32 bytes, where the first frame of objects lies.
    bytes[48] = (bytes[48] ?? 0) ^ 1;
    await writeFile(path, bytes);
    expect(await bench.gateway.query(device.id, { kind: 'restore-points' }, { signal })).toMatchObject({ restorePoints: [{ id: restorePointId, state: 'damaged', detail: expect.stringContaining('pack/') }] });
    await bench.gateway.submitOperation(await approve(bench, 'damaged-1', { capability: 'winre.restore.trigger', tenantId, device, restorePointId, safetySnapshot: false }, { lossDigest: loss.digest }));
    expect(await outcomeOf(bench, 'damaged-1')).toMatchObject({ state: 'failed', deviceCode: 'data-loss' });
    expect(bench.witnessed.filter(({ operationKey }) => operationKey === 'damaged-1')).toEqual([]);
  });
});

test('a device whose clock is years behind, behind a gateway whose certificate is not valid yet by that clock, recovers by signed time', async () => {
  await using later = await openAgentBench({ clock: clockAt(years) });
  await using recovering = await deviceInRecovery(later, 'behind');
  const { device, machine, good, restorePointId } = recovering;
  const { loss } = await later.gateway.query(device.id, { kind: 'restore-preview', restorePointId }, { signal });
  await later.gateway.submitOperation(await approve(later, 'behind-1', { capability: 'winre.restore.trigger', tenantId, device, restorePointId, safetySnapshot: false }, { lossDigest: loss.digest }));
  const restored = await outcomeOf(later, 'behind-1');
  expect(restored.state).toBe('succeeded');
  expect(Math.abs(Date.parse(restored.evidence?.observedAt ?? '') - later.clock.now())).toBeLessThan(20_000);
  expect(await digestTree(machine.volume)).toEqual(good);
  const manifest: Omit<ScriptManifest, 'sha256'> = { name: 'old', interpreter: 'sh', successExitCodes: [0], timeoutMs: 1_000, maxOutputBytes: 1_000 };
  // Valid by the device's own clock, expired by the gateway's.
  const script = await signScript({ content: 'true', manifest }, { tenantId, issuedAt: instantAt(Date.now() - 60_000), expiresAt: instantAt(Date.now() + 3_600_000) }, later.scriptSigner.signer);
  await later.gateway.submitOperation(await approve(later, 'behind-2', { capability: 'winre.script.push', tenantId, device, script })).catch(() => undefined);
  await expect(outcomeOf(later, 'behind-2')).resolves.toMatchObject({ state: 'failed', deviceCode: 'untrusted-payload' });
});

test('a gateway whose certificate has expired by its own signed time is not enrolled with', async () => {
  await using expired = await openAgentBench({ certificateClock: clockAt(-years) });
  const machine = await makeMachine(expired, 'careful');
  await expect((await agentOf(expired, machine)).enrol(await expired.issueToken(), { signal })).rejects.toMatchObject({ code: 'unauthenticated', message: expect.stringContaining('is valid from') });
});

test('an enrolled device leaves a gateway whose certificate has expired by its own signed time', async () => {
  await using expiring = await openAgentBench();
  const machine = await makeMachine(expiring, 'loyal');
  const logged: string[] = [];
  const agent = await agentOf(expiring, machine, { logged });
  await enrolMachine(expiring, machine, agent);
  await expiring.moveCertificate(-years);
  await using open = new AsyncDisposableStack();
  open.use(runAgent(agent));
  await vi.waitFor(() => expect(logged.join('\n')).toContain("the gateway's certificate is valid from"), 10_000);
  expect(logged.join('\n')).not.toContain('channel open');
});

test('a gateway from another authority is not spoken to, and the token does not leave', async () => {
  await using other = await openAgentBench();
  const machine = await makeMachine(bench, 'lured');
  const agent = await agentOf({ ...bench, caPem: other.caPem }, machine);
  const token = await bench.issueToken();
  await expect(agent.enrol(token, { signal })).rejects.toMatchObject({ code: 'unauthenticated', message: expect.stringContaining('authority') });
  expect(bench.wire.join('\n')).not.toContain(token.reveal());
});

test('a lost enrolment answer is asked for again with the same token', async () => {
  const machine = await makeMachine(bench, 'patient');
  const agent = await agentOf(bench, machine);
  const token = await bench.issueToken();
  bench.loseReply('/winre/v1/enrol');
  await expect(agent.enrol(token, { signal })).rejects.toMatchObject({ code: 'device-unreachable' });
  const enrolled = await agent.enrol(token, { signal });
  expect(await bench.gateway.readDevice(enrolled.deviceId)).toMatchObject({ displayName: 'patient', enrolmentEpoch: enrolled.enrolmentEpoch });
  await expect((await agentOf(bench, await makeMachine(bench, 'thief'))).enrol(token, { signal })).rejects.toMatchObject({ code: 'unauthenticated' });
});

test('a command whose poll answer is lost is not executed; the gateway says so, and the same operation can be sent again', async () => {
  await using recovering = await deviceInRecovery(bench, 'unlucky');
  const { device, restorePointId, machine, good } = recovering;
  const { loss } = await bench.gateway.query(device.id, { kind: 'restore-preview', restorePointId }, { signal });
  const submission = await approve(bench, 'unlucky-1', { capability: 'winre.restore.trigger', tenantId, device, restorePointId, safetySnapshot: false }, { lossDigest: loss.digest });
  // The poll that is open now answers with the command.
  bench.loseReply('/winre/v1/channel/poll');
  await bench.gateway.submitOperation(submission);
  await vi.waitFor(async () => expect(await bench.gateway.reconcileOperation(tenantId, 'unlucky-1')).toMatchObject({ finding: 'absent' }), 10_000);
  expect(bench.witnessed.filter(({ operationKey }) => operationKey === 'unlucky-1')).toEqual([]);
  await bench.gateway.submitOperation(submission);
  expect(await outcomeOf(bench, 'unlucky-1')).toMatchObject({ state: 'succeeded' });
  expect(await digestTree(machine.volume)).toEqual(good);
  expect(bench.witnessed.filter(({ operationKey }) => operationKey === 'unlucky-1')).toHaveLength(1);
});

describe('a device that lost its ledger', () => {
  for (const [name, lose] of Object.entries({
    gone: (ledger: string) => rm(ledger),
    damaged: async (ledger: string) => writeFile(ledger, (await readFile(ledger, 'utf8')).replace('"received"', '"repeated"')),
  })) {
    test(`${name}: never repeats what may have been executed`, async () => {
      const machine = await makeMachine(bench, `ledger-${name}`);
      const agent = await agentOf(bench, machine);
      await enrolMachine(bench, machine, agent);
      const { id: restorePointId } = await agent.takeRestorePoint({ signal });
      await breakVolume(machine.volume);
      const device = { id: machine.deviceId, enrolmentEpoch: machine.enrolmentEpoch };
      const operationKey = `lost-${name}`;
      await using killed = startProgram(['run', '--config', machine.configFile], '', { DIE_AT_LEDGER_STEP: '2' });
      await sessionOf(bench, machine.deviceId);
      const { loss } = await bench.gateway.query(machine.deviceId, { kind: 'restore-preview', restorePointId }, { signal });
      const submission = await approve(bench, operationKey, { capability: 'winre.restore.trigger', tenantId, device, restorePointId, safetySnapshot: false }, { lossDigest: loss.digest });
      await bench.gateway.submitOperation(submission);
      await killed.exited;
      const before = await digestTree(machine.volume);
      await lose(join(machine.stateFolder, 'operation-ledger'));
      await using open = new AsyncDisposableStack();
      open.use(runAgent(await agentOf(bench, machine)));
      await vi.waitFor(async () => expect(await bench.gateway.reconcileOperation(tenantId, operationKey)).toMatchObject({ finding: 'cannot-tell' }), 10_000);
      expect(await bench.gateway.query(machine.deviceId, { kind: 'restore-points' }, { signal })).toMatchObject({ restorePoints: [{ id: restorePointId }] });
      expect(await digestTree(machine.volume)).toEqual(before);
      expect(bench.witnessed.filter((effect) => effect.operationKey === operationKey)).toEqual([]);
      // Even a gateway that sends it again under a new key and the old approval gets a refusal.
      const again = { ...submission, operationKey: `${operationKey}-again` };
      await expect(bench.gateway.submitOperation(again)).rejects.toMatchObject({ code: 'untrusted-payload' });
    });
  }
});

test('a ledger with a torn last line loses that line only', async () => {
  const machine = await makeMachine(bench, 'torn');
  await enrolMachine(bench, machine, await agentOf(bench, machine));
  await appendFile(join(machine.stateFolder, 'operation-ledger'), '0123456789abcdef {"entry":"rec');
  const logged: string[] = [];
  await using open = new AsyncDisposableStack();
  open.use(runAgent(await agentOf(bench, machine, { logged })));
  await vi.waitFor(() => expect(logged.join('\n')).toContain('channel open'), 10_000);
  expect(logged.filter((line) => line.startsWith('error'))).toEqual([]);
});

test('a revoked device gets no channel', async () => {
  const machine = await makeMachine(bench, 'stolen');
  await enrolMachine(bench, machine, await agentOf(bench, machine));
  await bench.gateway.revoke(tenantId, { deviceIds: [machine.deviceId] });
  const logged: string[] = [];
  await using open = new AsyncDisposableStack();
  open.use(runAgent(await agentOf(bench, machine, { logged })));
  await vi.waitFor(() => expect(logged.join('\n')).toContain('no channel {"code":"unauthenticated"'), 10_000);
});
