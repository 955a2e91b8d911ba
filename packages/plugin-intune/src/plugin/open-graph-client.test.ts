import { createMockHost } from '@winre-kit/testkit';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { intuneConfigSchema } from './intune-config.ts';
import { openGraphClient } from './open-graph-client.ts';

const tenantId = '9f4d0000-1111-4222-8333-444455556666';
const call = { signal: new AbortController().signal, correlationId: 'c' };
const read = { version: 'v1.0', path: '/deviceManagement/managedDevices', doing: 'listing', scopes: [], reply: z.object({ value: z.array(z.unknown()) }) } as const;
const answering = (outboundHosts: string[]): ReturnType<typeof createMockHost> => createMockHost({ secrets: { graph: 'of-the-host' }, manifest: { outboundHosts, secrets: ['graph'] }, fetch: () => Promise.resolve(Response.json({ value: [] })) });

test('the token of the configuration, at the cloud of the configuration, and its lease given back', async () => {
  const host = answering(['dod-graph.microsoft.us']);
  const client = openGraphClient(intuneConfigSchema.parse({ tenantId, cloud: 'us-government-l5', credential: { kind: 'token', token: { secret: 'graph' } } }), host.services, undefined);
  await client.read(read, call);
  expect(host.requests).toMatchObject([{ url: 'https://dod-graph.microsoft.us/v1.0/deviceManagement/managedDevices', headers: { authorization: 'Bearer of-the-host' } }]);
  client[Symbol.dispose]();
  await host.clock.advance(0);
  expect(host.secrets.openLeases).toBe(0);
});

test('the credential of the plug-in, asked once for many calls and only when there is one', async () => {
  const host = answering(['graph.microsoft.com']);
  const asked: unknown[] = [];
  const credential = {
    getToken(scopes: string | string[]) {
      asked.push(scopes);
      return Promise.resolve({ token: 'of-the-credential', expiresOnTimestamp: host.clock.now() + 3_600_000 });
    },
  };
  const config = intuneConfigSchema.parse({ tenantId, credential: { kind: 'credential' } });
  using client = openGraphClient(config, host.services, credential);
  expect(asked).toEqual([]);
  await Promise.all([client.read(read, call), client.read(read, call)]);
  expect([asked, host.requests.map(({ headers }) => headers['authorization'])]).toEqual([['https://graph.microsoft.com/.default'], ['Bearer of-the-credential', 'Bearer of-the-credential']]);
  expect(() => openGraphClient(config, host.services, undefined)).toThrow(expect.objectContaining({ code: 'invalid-config', fieldPath: 'credential' }));
});
