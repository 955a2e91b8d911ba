import { afterAll, beforeAll, expect, test } from 'vitest';
import { startFaultWorld, type FaultWorld } from './fault-world.ts';
import { allowForBusyMachines } from './load-tolerance.ts';
import { agentGone, approvedRestore, endOf, intoRecovery, patience, reopenHost, staysWell, untilState } from './operate.ts';

allowForBusyMachines();

let world: FaultWorld;
beforeAll(async () => {
  world = await startFaultWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

test('killed after it acknowledged a start that no agent had fetched: the agent fetches it from the next EMM', async () => {
  const device = await world.addDevice('unfetched');
  await intoRecovery(world, device);
  await approvedRestore(world, device, 'unfetched');
  await reopenHost(world, {
    beforeStart: () => agentGone(world, device),
    afterStart: () => world.killEmm(),
  });
  expect(await world.opened.host.start('unfetched', { signal: patience() })).toMatchObject({ state: 'accepted' });
  await world.startEmm();
  expect(world.witness.executionsOf('unfetched')).toBe(0);
  await device.startAgain();
  expect(await endOf(world, 'unfetched')).toMatchObject({ state: 'succeeded' });
  await staysWell(world, device, 'unfetched');
});

test('killed when the command had left and the agent had not read it: it runs once, whether it arrived or not', async () => {
  const device = await world.addDevice('in-flight');
  await intoRecovery(world, device);
  await approvedRestore(world, device, 'in-flight');
  await reopenHost(world, { beforeStart: async () => device.agent.signal('SIGSTOP') });
  await world.opened.host.start('in-flight', { signal: patience() });
  await untilState(world, 'in-flight', ({ report }) => report?.rawState === 'retired');
  await world.killEmm();
  device.agent.signal('SIGCONT');
  await world.startEmm();
  expect(await endOf(world, 'in-flight')).toMatchObject({ state: 'succeeded' });
  await staysWell(world, device, 'in-flight');
});

test('killed with the agent when the command had left and nobody had read it: the host learns that it was lost, and sends it again', async () => {
  const device = await world.addDevice('lost');
  await intoRecovery(world, device);
  await approvedRestore(world, device, 'lost');
  await reopenHost(world, { beforeStart: async () => device.agent.signal('SIGSTOP') });
  const { host } = world.opened;
  await host.start('lost', { signal: patience() });
  await untilState(world, 'lost', ({ report }) => report?.rawState === 'retired');
  await Promise.all([world.killEmm(), device.agent.kill()]);
  await world.startEmm();
  await device.startAgain();
  await untilState(world, 'lost', ({ state, reason }) => state === 'unknown' && reason.startsWith('absent'));
  expect(world.witness.executionsOf('lost')).toBe(0);
  expect(await host.start('lost', { signal: patience() })).toMatchObject({ state: 'accepted' });
  expect(await endOf(world, 'lost')).toMatchObject({ state: 'succeeded' });
  await staysWell(world, device, 'lost');
});

test('killed while an agent is in the middle of a rollback: the agent finishes, and reports to the next EMM', async () => {
  const device = await world.addDevice('midway');
  await intoRecovery(world, device, 'volume-change:20');
  await approvedRestore(world, device, 'midway');
  await world.opened.host.start('midway', { signal: patience() });
  await device.agent.line(/^HELD/);
  await world.killEmm();
  device.agent.release();
  await device.agent.line(/"operation finished"/);
  await world.startEmm();
  expect(await endOf(world, 'midway')).toMatchObject({ state: 'succeeded', report: { evidence: { kind: 'volume-matches-restore-point' } } });
  await staysWell(world, device, 'midway');
});

test('killed together with the agent in the middle of a rollback: both start again, and it ends once', async () => {
  const device = await world.addDevice('both');
  await intoRecovery(world, device, 'volume-change:33');
  await approvedRestore(world, device, 'both');
  await world.opened.host.start('both', { signal: patience() });
  await device.agent.line(/^HELD/);
  await Promise.all([world.killEmm(), device.agent.kill()]);
  // The agent comes first and finds nobody.
  device.start();
  await device.agent.line(/"operation finished"|"no channel"/);
  await world.startEmm();
  expect(await endOf(world, 'both')).toMatchObject({ state: 'succeeded' });
  await staysWell(world, device, 'both');
});
