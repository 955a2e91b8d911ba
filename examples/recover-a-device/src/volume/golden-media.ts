import { randomBytes } from 'node:crypto';
import type { RebuildOffering } from '@winre-kit/sdk';
import { createRepository, takeSnapshot } from '@winre-kit/snapshot-core';
import { readManifest } from './volume-manifest.ts';

/** What a rebuild installs: a snapshot of the volume as it left the factory, in a repository of its own. */
export interface GoldenMedia {
  readonly offering: RebuildOffering;
  readonly manifest: ReadonlyMap<string, string>;
}

export async function makeGoldenMedia(volume: string, folder: string): Promise<GoldenMedia> {
  const repository = await createRepository({ path: folder, randomBytes });
  const { record } = await takeSnapshot(repository, { kind: 'directory', path: volume }, { labels: ['offering:golden'] });
  const mediaSource = { kind: 'repository' as const, location: folder, downloadBytes: record.statistics.totalBytes };
  return { offering: { id: 'golden', release: '25H2', language: 'en-US', edition: 'Enterprise', mediaSource }, manifest: await readManifest(volume) };
}
