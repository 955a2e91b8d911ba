import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RebuildOffering } from '@winre-kit/sdk';
import { createRepository, takeSnapshot } from '@winre-kit/snapshot-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { offeringLabel } from '../src/agent/index.ts';
import { approve, breakVolume, digestTree, makeVolume, openAgentBench, outcomeOf, sessionOf, type AgentBench } from './agent-bench.ts';
import { tenantId } from './gateway-bench.ts';
import { agentOf, deviceInRecovery, enrolMachine, makeMachine, runAgent, startMachineAnew, startProgram } from './test-agent.ts';

const signal = AbortSignal.timeout(60_000);
let bench: AgentBench;
let offering: RebuildOffering;
let golden: Record<string, string>;

beforeAll(async () => {
  bench = await openAgentBench();
  const source = join(bench.folder, 'golden');
  await makeVolume(source);
  await rm(join(source, 'users'), { recursive: true });
  await writeFile(join(source, 'release'), '26H2\n');
  golden = await digestTree(source);
  const location = join(bench.folder, 'golden-repository');
  await takeSnapshot(await createRepository({ path: location }), { kind: 'directory', path: source }, { labels: [offeringLabel('w11-26h2')] });
  offering = { id: 'w11-26h2', release: '26H2', language: 'de-DE', edition: 'Enterprise', mediaSource: { kind: 'repository', location } };
});
afterAll(async () => bench[Symbol.asyncDispose]());

async function submitRebuild(operationKey: string, device: { readonly id: string; readonly enrolmentEpoch: string }): Promise<void> {
  const preview = await bench.gateway.query(device.id, { kind: 'rebuild-preview', offering }, { signal });
  expect(preview.media).toMatchObject({ reachable: 'yes', intact: 'yes' });
  const requests = [{ method: 'POST', url: '/operations', body: { offering: JSON.parse(JSON.stringify(offering)), media: { contentDigest: preview.media.contentDigest ?? null } } }];
  await bench.gateway.submitOperation(await approve(bench, operationKey, { capability: 'winre.rebuild.trigger', tenantId, device, offeringId: offering.id, attestations: [] }, { lossDigest: preview.loss.digest, requests }));
}
const executionsOf = (operationKey: string): number => new Set(bench.witnessed.filter((effect) => effect.operationKey === operationKey).map(({ executionId }) => executionId)).size;

test('a device is rebuilt from the golden snapshot, starts, enrols again under another epoch and is validated', async () => {
  await using recovering = await deviceInRecovery(bench, 'rebuilt');
  await submitRebuild('rebuild-1', recovering.device);
  const report = await outcomeOf(bench, 'rebuild-1');
  expect(report).toMatchObject({ state: 'succeeded', evidence: { source: 'continuity-token', detail: { device: { items: expect.arrayContaining([
    expect.objectContaining({ id: 'boot', state: 'passed' }),
    expect.objectContaining({ id: 're-enrolment', state: 'passed' }),
    expect.objectContaining({ id: 'encryption', state: 'not-applicable' }),
  ]) } } } });
  expect(await digestTree(recovering.machine.volume)).toEqual(golden);
  expect((await bench.gateway.readDevice(recovering.device.id)).enrolmentEpoch).not.toBe(recovering.device.enrolmentEpoch);
  expect(executionsOf('rebuild-1')).toBe(1);
  expect(Object.keys(await digestTree(recovering.machine.stateFolder))).not.toContain('continuity-token.json');
});

test('media that are damaged or that nobody finds are refused before anything is emptied', async () => {
  await using recovering = await deviceInRecovery(bench, 'spared');
  const elsewhere = { ...offering, mediaSource: { ...offering.mediaSource, location: join(bench.folder, 'nowhere') } };
  const preview = await bench.gateway.query(recovering.device.id, { kind: 'rebuild-preview', offering: elsewhere }, { signal });
  expect(preview.media).toMatchObject({ reachable: 'no', intact: 'unknown' });
  const before = await digestTree(recovering.machine.volume);
  const requests = [{ method: 'POST', url: '/operations', body: { offering: JSON.parse(JSON.stringify(elsewhere)), media: { contentDigest: '0'.repeat(64) } } }];
  await bench.gateway.submitOperation(await approve(bench, 'spared-1', { capability: 'winre.rebuild.trigger', tenantId, device: recovering.device, offeringId: offering.id, attestations: [] }, { lossDigest: preview.loss.digest, requests }));
  expect(await outcomeOf(bench, 'spared-1')).toMatchObject({ state: 'failed', deviceCode: 'not-found' });
  expect(await digestTree(recovering.machine.volume)).toEqual(before);
});

describe.concurrent('a rebuild that is killed goes on as the same execution', () => {
  const killed = async (name: string, environment: Record<string, string>, powerCut = false): Promise<{ readonly state: string; readonly volume: Record<string, string>; readonly broken: Record<string, string> }> => {
    const machine = await makeMachine(bench, name);
    const agent = await agentOf(bench, machine);
    await enrolMachine(bench, machine, agent);
    await breakVolume(machine.volume);
    const broken = await digestTree(machine.volume);
    await using first = startProgram(['run', '--config', machine.configFile], '', environment);
    await sessionOf(bench, machine.deviceId);
    await submitRebuild(name, { id: machine.deviceId, enrolmentEpoch: machine.enrolmentEpoch });
    expect(await first.exited).toEqual([null, 'SIGKILL']);
    if (powerCut) await startMachineAnew(machine);
    await using open = new AsyncDisposableStack();
    open.use(runAgent(await agentOf(bench, machine)));
    const { state } = await outcomeOf(bench, name);
    return { state, volume: await digestTree(machine.volume), broken };
  };

  for (const [entry, step] of Object.entries({ emptying: 4, installed: 5, enrolled: 8 })) {
    test(`after the ledger entry ${entry}`, async () => {
      const name = `rebuild-${entry}`;
      expect(await killed(name, { DIE_AT_LEDGER_STEP: String(step) })).toMatchObject({ state: 'succeeded', volume: golden });
      expect(executionsOf(name)).toBe(1);
    });
  }

  test('in the middle of installing, by a power cut', async () => {
    expect(await killed('rebuild-halfway', { DIE_AT_VOLUME_WRITE: '9' }, true)).toMatchObject({ state: 'succeeded', volume: golden });
    expect(executionsOf('rebuild-halfway')).toBe(1);
  });

  test('before its token was kept: it is refused and nothing was changed', async () => {
    const { state, volume, broken } = await killed('rebuild-early', { DIE_AT_LEDGER_STEP: '2' });
    expect(state).toBe('failed');
    expect(volume).toEqual(broken);
    expect(executionsOf('rebuild-early')).toBe(0);
  });
});
