import { afterAll, beforeAll, expect, test } from 'vitest';
import { startFaultWorld, type FaultWorld } from './fault-world.ts';
import { allowForBusyMachines } from './load-tolerance.ts';
import { approvedRestore, endOf, intoRecovery, patience, staysWell, untilState } from './operate.ts';
import { readManifest } from './small-volume.ts';

allowForBusyMachines();

let world: FaultWorld;
beforeAll(async () => {
  world = await startFaultWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

test('killed while the witness is being told, before the first write', async () => {
  const device = await world.addDevice('told');
  await intoRecovery(world, device);
  const broken = await readManifest(device.volume);
  await approvedRestore(world, device, 'told');
  world.witness.holdAnswer('told');
  await world.opened.host.start('told', { signal: patience() });
  await world.witness.untilTold('told');
  await device.agent.kill();
  expect(await readManifest(device.volume)).toEqual(broken);
  device.start();
  expect(await endOf(world, 'told')).toMatchObject({ state: 'succeeded' });
  await staysWell(world, device, 'told');
});

test('killed three times in one rollback, each time further on', async () => {
  const device = await world.addDevice('thrice');
  await intoRecovery(world, device, 'volume-change:2');
  const broken = await readManifest(device.volume);
  await approvedRestore(world, device, 'thrice');
  await world.opened.host.start('thrice', { signal: patience() });
  for (const next of ['volume-change:25', 'volume-change:40', undefined]) {
    await device.agent.line(/^HELD/);
    await device.agent.kill();
    const halfway = await readManifest(device.volume);
    expect(halfway).not.toEqual(world.good);
    expect(halfway).not.toEqual(broken);
    device.start(...(next === undefined ? [] : [next]));
  }
  expect(await endOf(world, 'thrice')).toMatchObject({ state: 'succeeded' });
  await staysWell(world, device, 'thrice');
});

test('killed as soon as the host hears of progress', async () => {
  const device = await world.addDevice('progress');
  await intoRecovery(world, device);
  await approvedRestore(world, device, 'progress');
  await world.opened.host.start('progress', { signal: patience() });
  await untilState(world, 'progress', ({ report }) => (report?.percent ?? 0) > 0);
  await device.agent.kill();
  device.start();
  expect(await endOf(world, 'progress')).toMatchObject({ state: 'succeeded' });
  await staysWell(world, device, 'progress');
});

test('killed after the last write, before it said so', async () => {
  const device = await world.addDevice('unsaid');
  await intoRecovery(world, device, 'ledger:"phase":"rolled-back"');
  await approvedRestore(world, device, 'unsaid');
  await world.opened.host.start('unsaid', { signal: patience() });
  await device.agent.line(/^HELD/);
  await device.agent.kill();
  expect(await readManifest(device.volume)).toEqual(world.good);
  device.start();
  expect(await endOf(world, 'unsaid')).toMatchObject({ state: 'succeeded' });
  await staysWell(world, device, 'unsaid');
});
