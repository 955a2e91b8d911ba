import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRepository, takeSnapshot } from '@winre-kit/snapshot-core';
import { expect, test } from 'vitest';
import { offeringLabel } from '../src/agent/index.ts';
import { approve, digestTree, makeVolume, openAgentBench, outcomeOf } from './agent-bench.ts';
import { tenantId } from './gateway-bench.ts';
import { deviceInRecovery } from './test-agent.ts';

test('a rebuild from damaged media is refused, and the volume keeps every byte', async () => {
  await using bench = await openAgentBench();
  const [source, location] = [join(bench.folder, 'golden'), join(bench.folder, 'golden-repository')];
  await makeVolume(source);
  await takeSnapshot(await createRepository({ path: location }), { kind: 'directory', path: source }, { labels: [offeringLabel('w11')] });
  await using recovering = await deviceInRecovery(bench, 'spared');
  const { device, machine } = recovering;
  const offering = { id: 'w11', release: '26H2', language: 'de-DE', edition: 'Enterprise', mediaSource: { kind: 'repository' as const, location } };
  const preview = await bench.gateway.query(device.id, { kind: 'rebuild-preview', offering }, { signal: AbortSignal.timeout(20_000) });
  expect(preview.media).toMatchObject({ reachable: 'yes', intact: 'yes' });
  const before = await digestTree(machine.volume);

  // After the plan was approved.
  const packs = (await readdir(location, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile() && entry.parentPath.includes('pack'));
  expect(packs.length).toBeGreaterThan(0);
  for (const pack of packs) {
    const path = join(pack.parentPath, pack.name);
    const bytes = await readFile(path);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    await writeFile(path, bytes);
  }
  const requests = [{ method: 'POST', url: '/operations', body: { offering, media: { contentDigest: preview.media.contentDigest ?? null } } }];
  const intent = { capability: 'winre.rebuild.trigger' as const, tenantId, device, offeringId: offering.id, attestations: [] };
  await bench.gateway.submitOperation(await approve(bench, 'rebuild-1', intent, { lossDigest: preview.loss.digest, requests }));
  expect(await outcomeOf(bench, 'rebuild-1')).toMatchObject({ state: 'failed', deviceCode: 'data-loss' });
  expect(await digestTree(machine.volume)).toEqual(before);
  expect(bench.witnessed).toEqual([]);
});
