import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlanBinding, RebuildOffering } from '@winre-kit/sdk';
import { createMemoryStorage, createRepository, openRepository, SnapshotError, takeSnapshot, type Repository } from '@winre-kit/snapshot-core';
import { createManualClock, createSeededRandomBytes } from '@winre-kit/testkit';
import { beforeEach, expect, test } from 'vitest';
import { checkMedia, findBoundMedia, findMedia, requireIntactMedia } from './find-media.ts';
import { offeringLabel } from './snapshot-labels.ts';

const { signal } = new AbortController();
const services = { clock: createManualClock(), randomBytes: createSeededRandomBytes('media') };
let folder: string;
let repository: Repository;
const offering = (change: Partial<RebuildOffering['mediaSource']> = {}): RebuildOffering => ({ id: 'w11', release: '26H2', language: 'de', edition: 'Pro', mediaSource: { kind: 'repository', location: join(folder, 'media'), ...change } });
const take = async (...labels: string[]): Promise<string> => (await takeSnapshot(repository, { kind: 'directory', path: join(folder, 'source') }, { labels })).record.id;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'media-'));
  await mkdir(join(folder, 'source'));
  await writeFile(join(folder, 'source/file'), 'golden');
  repository = await createRepository({ path: join(folder, 'media') });
});

test('the only snapshot needs no label; among several the newest with the label of the offering is meant', async () => {
  const only = await take();
  expect((await findMedia(offering(), services, signal)).snapshot.id).toBe(only);
  await take('offering:other');
  await expect(findMedia(offering(), services, signal)).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining('offering:w11') });
  await take(offeringLabel('w11'));
  const newest = await take(offeringLabel('w11'));
  await take('offering:other');
  const media = await findMedia(offering(), services, signal);
  expect(media.snapshot.id).toBe(newest);
  expect(await checkMedia(media, signal)).toEqual({ state: 'intact' });
});

test('other kinds of media, and repositories elsewhere, are refused', async () => {
  await expect(findMedia(offering({ kind: 'windows-update' }), services, signal)).rejects.toMatchObject({ code: 'unsupported' });
  await expect(findMedia(offering({ location: 's3://bucket/media' }), services, signal)).rejects.toMatchObject({ code: 'unsupported' });
  await expect(findMedia(offering({ location: join(folder, 'nowhere') }), services, signal)).rejects.toMatchObject({ code: 'repository/not-found' });
});

test('an approved rebuild installs what the media held when it was approved, and nothing that was put there since', async () => {
  await take(offeringLabel('w11'));
  const { contentDigest } = await findMedia(offering(), services, signal);
  const bindingWith = (body: Record<string, unknown>): PlanBinding => ({
    kind: 'winre-plan/v1', pluginId: 'p', secretDigests: {}, descriptorHash: '0'.repeat(64), lossDigest: null,
    intent: { capability: 'winre.rebuild.trigger', tenantId: 't', device: { id: 'd', enrolmentEpoch: 'e' }, offeringId: 'w11', attestations: [] },
    requests: [{ method: 'POST', url: '/operations', body: JSON.parse(JSON.stringify({ offering: offering(), ...body })) as PlanBinding['requests'][number]['body'] }],
  });
  const approved = bindingWith({ media: { contentDigest } });
  expect((await findBoundMedia(approved, services, signal)).contentDigest).toBe(contentDigest);
  await expect(findBoundMedia(bindingWith({}), services, signal)).rejects.toMatchObject({ code: 'plan-stale', fieldPath: 'binding.requests' });
  await writeFile(join(folder, 'source/file'), 'tampered');
  await take(offeringLabel('w11'));
  await expect(findBoundMedia(approved, services, signal)).rejects.toMatchObject({ code: 'plan-stale', facts: { reason: 'other-media' } });
});

test('media that cannot all be read now are neither intact nor damaged, and nothing is installed from them', async () => {
  const storage = createMemoryStorage();
  const { record: snapshot } = await takeSnapshot(await createRepository({ storage }), { kind: 'directory', path: join(folder, 'source') }, { labels: [] });
  const isBroken = { packs: false };
  const failing: typeof storage = { ...storage, get: async (kind, name, call) => (isBroken.packs && kind === 'pack' ? Promise.reject(new SnapshotError('storage/failed', 'EIO')) : storage.get(kind, name, call)) };
  const media = { repository: await openRepository({ storage: failing }), snapshot, contentDigest: snapshot.rootId };
  requireIntactMedia(offering(), await checkMedia(media, signal));
  isBroken.packs = true;
  const verdict = await checkMedia(media, signal);
  expect(verdict).toMatchObject({ state: 'unverified', detail: expect.stringContaining('EIO') });
  expect(() => requireIntactMedia(offering(), verdict)).toThrow(expect.objectContaining({ code: 'unavailable' }));
  expect(() => requireIntactMedia(offering(), { state: 'damaged' })).toThrow(expect.objectContaining({ code: 'data-loss' }));
});
