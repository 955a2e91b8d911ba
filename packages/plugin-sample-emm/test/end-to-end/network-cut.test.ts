import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startTcpFaultProxy } from '@winre-kit/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tenantId } from '../emm-world.ts';
import type { FaultDevice } from './fault-device.ts';
import { openFaultHost } from './fault-host.ts';
import { startFaultWorld, type FaultWorld } from './fault-world.ts';
import { allowForBusyMachines } from './load-tolerance.ts';
import { approved, endOf, intoRecovery, patience, scriptIntent, untilState } from './operate.ts';

allowForBusyMachines();

let world: FaultWorld;
beforeAll(async () => {
  world = await startFaultWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/** More than the window of the log stream, so that much of it is under way at any time. */
const lineCount = 5_000;
const lineOf = (index: number): string => `line ${index} of a long report that somebody reads while it is written, number ${index}`;
const wholeOutput = Array.from({ length: lineCount }, (_, index) => `${lineOf(index + 1)}\n`).join('');

/** A script that says half, waits at a gate, and says the rest. Writing to the gate opens it. */
async function gatedScript(device: FaultDevice): Promise<{ readonly content: string; open(): Promise<void> }> {
  const gate = join(device.folder, 'gate');
  await promisify(execFile)('mkfifo', [gate]);
  const say = (from: number, to: number): string => `i=${from}; while [ $i -le ${to} ]; do echo "${lineOf(0).replaceAll('0', '$i')}"; i=$((i + 1)); done\n`;
  return { content: `${say(1, lineCount / 2)}cat '${gate}'\n${say(lineCount / 2 + 1, lineCount)}`, open: () => writeFile(gate, '') };
}

/** Everything the host hears about the device's sessions from now on. */
function listen(device: FaultDevice): { readonly detected: string[]; readonly ended: string[]; readonly lostAndFound: string[]; stdout(): string; untilOutput(bytes: number): Promise<void> } {
  const { events } = world.opened.host;
  const chunks: { readonly sequence: number; readonly text: string }[] = [];
  const heard = { detected: [] as string[], ended: [] as string[], lostAndFound: [] as string[] };
  let heardMore = (): void => {};
  const concerns = ({ session }: { readonly session: { readonly device: { readonly id: string } } }): boolean => session.device.id === device.binding.id;
  events.on('session-detected', (tracked) => void (concerns(tracked) && heard.detected.push(tracked.session.sessionId)));
  events.on('session-ended', (tracked) => void (concerns(tracked) && heard.ended.push(tracked.session.sessionId)));
  events.on('session-lost', (tracked) => void (concerns(tracked) && heard.lostAndFound.push('lost')));
  events.on('session-resumed', (tracked) => void (concerns(tracked) && heard.lostAndFound.push('resumed')));
  events.on('session-log', ({ stream, sequence, text }) => {
    if (stream === 'stdout') chunks.push({ sequence, text });
    heardMore();
  });
  const stdout = (): string => chunks.map(({ text }) => text).join('');
  return {
    ...heard, stdout,
    untilOutput: (bytes) => new Promise((resolve) => {
      heardMore = () => {
        if (stdout().length >= bytes) resolve();
      };
      heardMore();
    }),
  };
}

test('a network profile that leads nowhere cuts the log stream: the device comes back in the same session, and no line is lost or doubled', async () => {
  const device = await world.addDevice('nowhere', { networks: [{ kind: 'ethernet-dhcp' }] });
  const heard = listen(device);
  const { sessionId } = await intoRecovery(world, device);
  const script = await gatedScript(device);
  const { host } = world.opened;
  await approved(world, 'nowhere-script', await scriptIntent(world, device, script.content));
  await host.start('nowhere-script', { signal: patience() });
  await heard.untilOutput(1);
  // Another host's change is with the agent while the script still runs, so that it follows the last line at once.
  const otherFolder = join(world.folder, 'other-host');
  await mkdir(otherFolder);
  await using other = await openFaultHost({ ...world.hostSettings, folder: otherFolder });
  const elsewhere = { ...world, opened: other };
  const profile = { kind: 'ethernet-static', interfaceName: 'Ethernet', address: '192.0.2.7', prefixLength: 24, gateway: '192.0.2.1', dnsServers: [] };
  await approved(elsewhere, 'nowhere-network', { capability: 'winre.network.configure', tenantId, device: device.binding, profile, confirmDisconnect: true, rollBackAfterMs: 1_000 });
  await other.host.start('nowhere-network', { signal: patience() });
  await untilState(elsewhere, 'nowhere-network', ({ state }) => state === 'delivered');
  await script.open();

  expect(await endOf(elsewhere, 'nowhere-network')).toMatchObject({ state: 'failed', report: { rawState: 'rolled-back', deviceCode: 'device-unreachable' } });
  expect(await endOf(world, 'nowhere-script')).toMatchObject({ state: 'succeeded', report: { exitCode: 0 } });
  expect(device.agent.lines.filter((line) => line.includes('"no channel"')).length).toBeGreaterThan(0);
  await heard.untilOutput(wholeOutput.length);
  expect(heard.stdout() === wholeOutput).toBe(true);
  expect(heard).toMatchObject({ detected: [sessionId], ended: [] });
  expect(host.sessions.list({ deviceId: device.binding.id }).map(({ session }) => session.sessionId)).toEqual([sessionId]);
});

test('the line to the gateway breaks in the middle of a script until the session counts as lost: it resumes, and no line is lost or doubled', async () => {
  const upstreamPort = Number(new URL(world.emm.url).port);
  const first = await startTcpFaultProxy({ upstreamPort });
  const { port } = first;
  const device = await world.addDevice('broken-line', { gatewayUrl: `https://localhost:${port}` });
  const heard = listen(device);
  const { sessionId } = await intoRecovery(world, device);
  const script = await gatedScript(device);
  const { host } = world.opened;
  await approved(world, 'broken-line', await scriptIntent(world, device, script.content));
  await host.start('broken-line', { signal: patience() });
  await heard.untilOutput(1);
  await first.close();
  await script.open();
  for await (const { state } of host.sessions.watch({ deviceId: device.binding.id, signal: patience() })) if (state === 'lost') break;
  await using second = await startTcpFaultProxy({ upstreamPort, port });

  expect(await endOf(world, 'broken-line')).toMatchObject({ state: 'succeeded', report: { exitCode: 0 } });
  await heard.untilOutput(wholeOutput.length);
  expect(heard.stdout() === wholeOutput).toBe(true);
  expect(heard).toMatchObject({ detected: [sessionId], ended: [], lostAndFound: ['lost', 'resumed'] });
  expect(host.sessions.list({ deviceId: device.binding.id })).toMatchObject([{ session: { sessionId }, state: 'live' }]);
  await device.agent.kill();
  expect(second.log.length).toBeGreaterThan(0);
});
