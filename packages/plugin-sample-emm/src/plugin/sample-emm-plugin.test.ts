import { capabilityFloors, describePlugin, descriptorHashOf, type CapabilityId } from '@winre-kit/sdk';
import { createMockHost } from '@winre-kit/testkit';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { sampleEmmConfigSchema } from './sample-emm-config.ts';
import { sampleEmmPlugin } from './sample-emm-plugin.ts';

const config = sampleEmmConfigSchema.parse({ baseUrl: 'https://emm.example:8443/', token: { secret: 't' }, tenantId: 'contoso', networkKeys: [{ secret: 'site' }] });

test('every capability of the contract is claimed, none below its floor, always the same', async () => {
  const descriptor = describePlugin(sampleEmmPlugin, config);
  expect(Object.keys(descriptor.capabilities).toSorted()).toEqual(Object.keys(capabilityFloors).toSorted());
  expect(Object.values(descriptor.capabilities).every(({ level }) => level === 'stable')).toBe(true);
  expect(await descriptorHashOf(describePlugin(sampleEmmPlugin, config))).toBe(await descriptorHashOf(descriptor));
});

test('an instance has the facet of every claimed capability', async () => {
  const instance = await sampleEmmPlugin.open(config, createMockHost().services);
  const facets = new Set(Object.values(capabilityFloors).map(({ facet }) => facet));
  expect([...facets].filter((facet) => instance[facet] === undefined)).toEqual([]);
});

test('the manifest names the one host and the secrets, and nothing else', () => {
  expect(sampleEmmPlugin.manifest(config)).toMatchObject({ outboundHosts: ['emm.example:8443'], secrets: ['t', 'site'] });
});

test('the README lists exactly what the descriptor claims', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const listed = [...readme.matchAll(/^\| `(winre\.[a-z.]+)` \| (\w+) \|/gm)].map(([, id, effect]) => [id, effect]);
  const claimed = Object.entries(describePlugin(sampleEmmPlugin, config).capabilities).map(([id]) => [id, capabilityFloors[id as CapabilityId].effect]);
  expect(listed).toEqual(claimed);
});
