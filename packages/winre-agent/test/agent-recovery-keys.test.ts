import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { approve, breakVolume, digestTree, openAgentBench, outcomeOf, sessionOf } from './agent-bench.ts';
import { tenantId } from './gateway-bench.ts';
import { agentOf, enrolMachine, makeMachine, runAgent } from './test-agent.ts';

const signal = AbortSignal.timeout(60_000);

test('an encrypted volume: its key is escrowed, it is locked in recovery, opened by a released key that leaves no trace, restored, and gets a new key', async () => {
  await using bench = await openAgentBench();
  const folder = join(bench.folder, 'laptop/volume');
  const bootCheck = { program: ['sh', 'boot.sh'], failuresBeforeRecovery: 2, repeatEveryMs: 50, timeoutMs: 5_000 };
  const machine = await makeMachine(bench, 'laptop', { platform: { volume: { folder, encrypted: true } }, settings: { bootCheck } });
  const logged: string[] = [];
  const agent = await agentOf(bench, machine, { logged });
  await enrolMachine(bench, machine, agent);
  const { id: restorePointId } = await agent.takeRestorePoint({ signal });
  const good = await digestTree(folder);
  await using open = new AsyncDisposableStack();
  open.use(runAgent(agent));
  await vi.waitFor(async () => expect(await bench.gateway.listEscrow(machine.deviceId)).toHaveLength(1), 10_000);
  const [escrowed] = await bench.gateway.listEscrow(machine.deviceId);
  const device = { id: machine.deviceId, enrolmentEpoch: machine.enrolmentEpoch };

  await breakVolume(folder);
  const session = await sessionOf(bench, machine.deviceId);
  expect(session.bootReason).toBe('boot-failure');
  expect(await bench.gateway.query(device.id, { kind: 'volume-status' }, { signal })).toMatchObject({ volumes: [{ encrypted: 'yes', locked: 'yes', bootable: 'no' }] });
  await expect(bench.gateway.query(device.id, { kind: 'restore-preview', restorePointId }, { signal })).rejects.toMatchObject({ code: 'failed-precondition', message: expect.stringContaining('locked') });

  const release = { capability: 'winre.keys.release', tenantId, device, sessionId: session.sessionId, volumeId: 'os' } as const;
  await bench.gateway.submitOperation(await approve(bench, 'release-1', release));
  expect(await outcomeOf(bench, 'release-1')).toMatchObject({ state: 'succeeded', evidence: { kind: 'volume-unlocked' } });
  const { loss } = await bench.gateway.query(device.id, { kind: 'restore-preview', restorePointId }, { signal });
  await bench.gateway.submitOperation(await approve(bench, 'restore-1', { capability: 'winre.restore.trigger', tenantId, device, restorePointId, safetySnapshot: true }, { lossDigest: loss.digest }));
  expect(await outcomeOf(bench, 'restore-1')).toMatchObject({ state: 'succeeded' });
  expect(await digestTree(folder)).toEqual(good);

  await bench.gateway.submitOperation(await approve(bench, 'rotate-1', { capability: 'winre.keys.escrow', tenantId, device, action: 'rotate' }));
  expect(await outcomeOf(bench, 'rotate-1')).toMatchObject({ state: 'succeeded' });
  const [rotated] = await bench.gateway.listEscrow(machine.deviceId);
  expect(rotated?.keyId).not.toBe(escrowed?.keyId);

  const recoveryKey = /\d{6}(-\d{6}){7}/;
  const state = await Promise.all(Object.keys(await digestTree(machine.stateFolder)).map((path) => readFile(join(machine.stateFolder, path), 'utf8').catch(() => '')));
  const everything = [...bench.wire, ...bench.logged, ...logged, ...state, await readFile(join(bench.folder, 'laptop/machine/encryption.json'), 'utf8')].join('\n');
  expect(everything).not.toMatch(recoveryKey);
});

test('a restore that waits for a locked volume goes on once its key is released', async () => {
  await using bench = await openAgentBench();
  const folder = join(bench.folder, 'laptop/volume');
  const machine = await makeMachine(bench, 'laptop', { platform: { volume: { folder, encrypted: true } } });
  const agent = await agentOf(bench, machine);
  await enrolMachine(bench, machine, agent);
  const { id: restorePointId } = await agent.takeRestorePoint({ signal });
  const good = await digestTree(folder);
  {
    await using open = new AsyncDisposableStack();
    open.use(runAgent(agent));
    await vi.waitFor(async () => expect(await bench.gateway.listEscrow(machine.deviceId)).toHaveLength(1), 10_000);
  }
  await breakVolume(folder);
  const device = { id: machine.deviceId, enrolmentEpoch: machine.enrolmentEpoch };
  const releaseTo = async (operationKey: string, sessionId: string): Promise<void> => bench.gateway.submitOperation(await approve(bench, operationKey, { capability: 'winre.keys.release', tenantId, device, sessionId, volumeId: 'os' })).then(() => {});
  {
    // The witness does not answer, so the restore stops between its ledger entry and its first write; then the agent ends.
    const stuck = Promise.withResolvers<void>();
    await using open = new AsyncDisposableStack();
    open.use(runAgent(await agentOf(bench, machine, { beforeEffect: () => stuck.resolve() })));
    const session = await sessionOf(bench, machine.deviceId);
    await releaseTo('release-1', session.sessionId);
    expect(await outcomeOf(bench, 'release-1')).toMatchObject({ state: 'succeeded' });
    const { loss } = await bench.gateway.query(device.id, { kind: 'restore-preview', restorePointId }, { signal });
    await bench.gateway.submitOperation(await approve(bench, 'restore-1', { capability: 'winre.restore.trigger', tenantId, device, restorePointId, safetySnapshot: false }, { lossDigest: loss.digest }));
    await stuck.promise;
  }
  // Somebody locked it meanwhile, as a power cycle does, but the machine counts it as the same boot.
  const encryption = join(bench.folder, 'laptop/machine/encryption.json');
  await writeFile(encryption, (await readFile(encryption, 'utf8')).replace('"locked": false', '"locked": true'));
  await using open = new AsyncDisposableStack();
  open.use(runAgent(await agentOf(bench, machine)));
  const session = await sessionOf(bench, machine.deviceId);
  await releaseTo('release-2', session.sessionId);
  expect(await outcomeOf(bench, 'release-2')).toMatchObject({ state: 'succeeded' });
  expect(await outcomeOf(bench, 'restore-1')).toMatchObject({ state: 'succeeded' });
  expect(await digestTree(folder)).toEqual(good);
  expect(bench.witnessed).toHaveLength(1);
});
