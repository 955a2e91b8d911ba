import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RebuildOffering } from '@winre-kit/sdk';
import { createRepository, takeSnapshot, type Repository } from '@winre-kit/snapshot-core';
import { createManualClock, createSeededRandomBytes } from '@winre-kit/testkit';
import { beforeEach, expect, test } from 'vitest';
import { findMedia, mediaDamage } from './find-media.ts';
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
  expect(await mediaDamage(media, signal)).toBeUndefined();
});

test('other kinds of media, and repositories elsewhere, are refused', async () => {
  await expect(findMedia(offering({ kind: 'windows-update' }), services, signal)).rejects.toMatchObject({ code: 'unsupported' });
  await expect(findMedia(offering({ location: 's3://bucket/media' }), services, signal)).rejects.toMatchObject({ code: 'unsupported' });
  await expect(findMedia(offering({ location: join(folder, 'nowhere') }), services, signal)).rejects.toMatchObject({ code: 'repository/not-found' });
});
