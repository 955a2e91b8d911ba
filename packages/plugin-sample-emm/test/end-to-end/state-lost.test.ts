import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { OperationSnapshot } from '@winre-kit/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FaultDevice } from './fault-device.ts';
import { startFaultWorld, type FaultWorld } from './fault-world.ts';
import { allowForBusyMachines } from './load-tolerance.ts';
import { agentGone, approvedRestore, endOf, intoRecovery, operator, patience, reopenHost, sessionOf, staysWell, untilState } from './operate.ts';
import { readManifest } from './small-volume.ts';

allowForBusyMachines();

let world: FaultWorld;
beforeAll(async () => {
  world = await startFaultWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/** Kills the agent at a point of a restore, deletes its ledger, starts it again, and waits until the host knows that nobody can tell. */
async function loseLedger(operationKey: string, holdAt: string): Promise<{ readonly device: FaultDevice; readonly broken: Record<string, string>; readonly left: Record<string, string>; readonly doubtful: OperationSnapshot }> {
  const device = await world.addDevice(operationKey);
  await intoRecovery(world, device, holdAt);
  const broken = await readManifest(device.volume);
  await approvedRestore(world, device, operationKey);
  await world.opened.host.start(operationKey, { signal: patience() });
  await device.agent.line(/^HELD/);
  await device.agent.kill();
  const left = await readManifest(device.volume);
  await rm(join(device.stateFolder, 'operation-ledger'));
  await device.startAgain();
  const doubtful = await untilState(world, operationKey, ({ state, reason }) => state === 'unknown' && reason.startsWith('cannot-tell'));
  return { device, broken, left, doubtful };
}

async function resolveByTwo(operationKey: string, finding: 'succeeded' | 'failed'): Promise<void> {
  const { host } = world.opened;
  // What nobody can tell about is not sent again, and one person alone does not decide.
  expect(await host.start(operationKey, { signal: patience() })).toMatchObject({ state: 'unknown' });
  expect(await host.resolve(operationKey, finding, operator, 'I looked at the device')).toMatchObject({ state: 'unknown' });
  expect(await host.resolve(operationKey, finding, operator, 'I looked again')).toMatchObject({ state: 'unknown' });
  expect(await host.resolve(operationKey, finding, 'bert@contoso.example', 'I see the same')).toMatchObject({ state: finding });
}

test('the ledger is lost before anything was written: the volume stays untouched', async () => {
  const { device, broken, left, doubtful } = await loseLedger('lost-before', 'ledger:"entry":"started"');
  expect(doubtful.reason).toContain('lost its record of executed operations');
  expect(left).toEqual(broken);
  await resolveByTwo('lost-before', 'failed');
  await staysWell(world, device, 'lost-before', { volume: broken, executions: 0 });
});

test('the ledger is lost in the middle of a rollback: two people decide, and a new restore brings the volume back', async () => {
  const { device, left } = await loseLedger('lost-midway', 'volume-change:30');
  await resolveByTwo('lost-midway', 'failed');
  expect(await readManifest(device.volume)).toEqual(left);
  await approvedRestore(world, device, 'lost-midway-again');
  await world.opened.host.start('lost-midway-again', { signal: patience() });
  expect(await endOf(world, 'lost-midway-again')).toMatchObject({ state: 'succeeded' });
  expect(world.witness.executionsOf('lost-midway')).toBe(1);
  await staysWell(world, device, 'lost-midway-again');
});

test('the ledger is lost after the last write: two people find that it succeeded', async () => {
  const { device, left } = await loseLedger('lost-after', 'ledger:"phase":"rolled-back"');
  expect(left).toEqual(world.good);
  await resolveByTwo('lost-after', 'succeeded');
  await staysWell(world, device, 'lost-after');
});

test('the state folder is lost while an operation waits: the device has to be enrolled anew, and the old operation is never delivered', async () => {
  const device = await world.addDevice('stateless');
  await intoRecovery(world, device);
  const broken = await readManifest(device.volume);
  await approvedRestore(world, device, 'stateless-1');
  await reopenHost(world, { beforeStart: () => agentGone(world, device) });
  expect(await world.opened.host.start('stateless-1', { signal: patience() })).toMatchObject({ state: 'accepted' });
  await rm(device.stateFolder, { recursive: true });
  const refused = device.start();
  expect(await refused.ended).toBe(1);
  expect(await refused.line(/failed-precondition/)).toContain('enrol');

  const { binding } = device;
  await device.enrol(await world.newEnrolmentToken('stateless'));
  expect(device.binding.id).toBe(binding.id);
  expect(device.binding.enrolmentEpoch).not.toBe(binding.enrolmentEpoch);
  expect(await endOf(world, 'stateless-1')).toMatchObject({ state: 'failed', report: { deviceCode: 'enrolment-changed' } });
  await device.startAgain();
  await sessionOf(world, device);
  expect(await readManifest(device.volume)).toEqual(broken);
  expect(world.witness.executionsOf('stateless-1')).toBe(0);

  await approvedRestore(world, device, 'stateless-2');
  await world.opened.host.start('stateless-2', { signal: patience() });
  expect(await endOf(world, 'stateless-2')).toMatchObject({ state: 'succeeded' });
  expect(world.witness.executionsOf('stateless-1')).toBe(0);
  await staysWell(world, device, 'stateless-2');
});

test('the state folder is lost in the middle of a rollback: the old operation ends, and a new restore brings the volume back', async () => {
  const device = await world.addDevice('reset');
  await intoRecovery(world, device, 'volume-change:30');
  await approvedRestore(world, device, 'reset-1');
  await world.opened.host.start('reset-1', { signal: patience() });
  await device.agent.line(/^HELD/);
  await device.agent.kill();
  await rm(device.stateFolder, { recursive: true });
  await device.enrol(await world.newEnrolmentToken('reset'));
  expect(await endOf(world, 'reset-1')).toMatchObject({ state: 'failed', report: { deviceCode: 'enrolment-changed' } });
  await device.startAgain();
  await sessionOf(world, device);
  await approvedRestore(world, device, 'reset-2');
  await world.opened.host.start('reset-2', { signal: patience() });
  expect(await endOf(world, 'reset-2')).toMatchObject({ state: 'succeeded' });
  expect(world.witness.executionsOf('reset-1')).toBe(1);
  await staysWell(world, device, 'reset-2');
});
