import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { instantAt, isTerminalState, type OperationSnapshot } from '@winre-kit/sdk';
import { systemClock } from '@winre-kit/sdk/host';
import { createRepository, takeSnapshot } from '@winre-kit/snapshot-core';
import { offeringLabel } from '@winre-kit/winre-agent';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tenantId } from '../emm-world.ts';
import { startFaultWorld, type FaultWorld } from './fault-world.ts';
import { allowForBusyMachines } from './load-tolerance.ts';
import { approved, endOf, intoRecovery, operator, patience, staysWell } from './operate.ts';
import { makeVolume, readManifest } from './small-volume.ts';

allowForBusyMachines();

const offeringId = 'w11-26h2';
let world: FaultWorld;
let golden: Record<string, string>;

beforeAll(async () => {
  world = await startFaultWorld();
  const source = join(world.folder, 'golden');
  await mkdir(source);
  await makeVolume(source);
  await writeFile(join(source, 'release'), '26H2\n');
  golden = await readManifest(source);
  const location = join(world.folder, 'golden-media');
  await takeSnapshot(await createRepository({ path: location, randomBytes }), { kind: 'directory', path: source }, { labels: [offeringLabel(offeringId)] });
  const offering = { id: offeringId, release: '26H2', language: 'en-US', edition: 'Enterprise', mediaSource: { kind: 'repository', location } };
  await world.admin('PUT', '/rebuild-offerings', { offerings: [offering] });
});
afterAll(() => world[Symbol.asyncDispose]());

test.each([
  ['while it empties the volume', ['volume-removal:2']],
  ['while it installs', ['volume-change:150']],
  ['while it installs, and again while it empties what that left', ['volume-change:150', 'volume-removal:1']],
  ['when everything is installed, before the machine starts anew', ['ledger:"phase":"installed"']],
  ['after it started anew, before it enrolled again', ['log:"state":"passed"']],
  ['after its new enrolment was answered, before it noted that', ['log:"state":"passed"', 'file:enrolment.json']],
  ['after it enrolled again, before it reported', ['ledger:"phase":"enrolled"']],
] as const)('killed %s: the same rebuild ends once, under a new enrolment', async (_when, [first, ...more]) => {
  const operationKey = `rebuild-${first}-${more.length}`.replaceAll(/[^\w-]+/g, '-');
  const device = await world.addDevice(operationKey);
  const { binding } = device;
  await intoRecovery(world, device, first);
  const attestation = { precheck: 'backup-recent', statement: 'seen in the cloud drive', by: operator, at: instantAt(systemClock.now()) };
  await approved(world, operationKey, { capability: 'winre.rebuild.trigger', tenantId, device: binding, offeringId, attestations: [attestation] });
  const { host, pluginId } = world.opened;
  const ends: OperationSnapshot[] = [];
  host.events.on('operation-changed', (snapshot) => void (snapshot.handle.operationKey === operationKey && isTerminalState(snapshot.state) && ends.push(snapshot)));
  await host.start(operationKey, { signal: patience() });
  for (const next of [...more, undefined]) {
    await device.agent.line(/^HELD/);
    await device.agent.kill();
    device.start(...(next === undefined ? [] : [next]));
  }
  expect(await endOf(world, operationKey)).toMatchObject({ state: 'succeeded', report: { evidence: { source: 'continuity-token' } } });
  const after = await host.plugin(pluginId).devices.resolve({ serialNumber: `serial-${operationKey}` });
  expect(after?.id).toBe(binding.id);
  expect(after?.enrolmentEpoch).not.toBe(binding.enrolmentEpoch);
  expect(ends).toHaveLength(1);
  await staysWell(world, device, operationKey, { volume: golden });
});
