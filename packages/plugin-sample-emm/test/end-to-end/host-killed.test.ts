import { afterAll, beforeAll, expect, test } from 'vitest';
import { startFaultWorld, type FaultWorld } from './fault-world.ts';
import { allowForBusyMachines } from './load-tolerance.ts';
import { approvedRestore, intoRecovery, staysWell } from './operate.ts';

allowForBusyMachines();

let world: FaultWorld;
beforeAll(async () => {
  world = await startFaultWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

test.each([
  ['before-send', 0],
  ['before-record', 1],
] as const)('a host killed %s: the next one recovers, and the volume is restored exactly once', async (moment, executionsBefore) => {
  const operationKey = `host-${moment}`;
  const device = await world.addDevice(operationKey);
  await intoRecovery(world, device);
  await approvedRestore(world, device, operationKey);
  await world.closeHost();

  const first = world.startHostProgram('start', operationKey, moment);
  await first.line(new RegExp(`"held":"${moment}"`));
  // The worst moment after sending: the device has begun, and nobody but the EMM knows.
  if (moment === 'before-record') await world.witness.untilTold(operationKey);
  await first.kill();
  expect(world.witness.executionsOf(operationKey)).toBe(executionsBefore);

  const second = world.startHostProgram('recover', operationKey);
  expect(JSON.parse(await second.line(/"ended"/))).toMatchObject({ ended: 'succeeded' });
  expect(JSON.parse(await second.line(/"recovered"/))).toMatchObject({ recovered: [{ operationKey, before: 'dispatching' }] });
  expect(await second.ended).toBe(0);

  await world.openHost();
  await staysWell(world, device, operationKey);
});
