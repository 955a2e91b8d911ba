import { createMockHost } from '@winre-kit/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { managedDeviceSchema } from '../src/plugin/graph/replies/managed-device.ts';
import { intuneConfigSchema } from '../src/plugin/intune-config.ts';
import { openGraphClient } from '../src/plugin/open-graph-client.ts';
import { createScriptedTenant, type ScriptedTenant, type TenantFault } from '../src/testing/index.ts';

const config = intuneConfigSchema.parse({ tenantId: '9f4d0000-1111-4222-8333-444455556666', credential: { kind: 'credential' } });
const request = { version: 'v1.0', path: '/deviceManagement/managedDevices', doing: 'listing managed devices', scopes: [], item: managedDeviceSchema } as const;

/** Lists every device through the plug-in's client; what it waits for passes at once. */
async function listThrough(prepare: (tenant: ScriptedTenant) => void, maxPageSize: number): Promise<{ readonly seen: string[]; readonly tenant: ScriptedTenant }> {
  const host = createMockHost({
    secrets: {}, manifest: { outboundHosts: ['graph.microsoft.com'], secrets: [] },
    async fetch(input, init) {
      const response = await tenant.answer(new Request(input, init));
      if (response.type === 'error') throw new TypeError('fetch failed');
      return response;
    },
  });
  const tenant = createScriptedTenant({ clock: host.clock, maxPageSize });
  prepare(tenant);
  using client = openGraphClient(config, host.services, tenant.credential({ scopes: ['DeviceManagementManagedDevices.Read.All'] }));
  const seen: string[] = [];
  const read = async (): Promise<void> => {
    for await (const { id } of client.list(request, { signal: new AbortController().signal, correlationId: 'list' })) seen.push(id);
  };
  await host.clock.runUntilSettled(read());
  return { seen, tenant };
}

const when = { skip: fc.nat({ max: 12 }), times: fc.integer({ min: 1, max: 2 }) };
const fault: fc.Arbitrary<TenantFault> = fc.oneof(
  fc.record({ kind: fc.constant('throttle' as const), form: fc.constantFrom('seconds' as const, 'date' as const, 'none' as const), retryAfterSeconds: fc.integer({ min: 0, max: 60 }), ...when }),
  fc.record({ kind: fc.constant('server-error' as const), status: fc.constantFrom(500 as const, 502 as const, 503 as const, 504 as const), ...when }),
  fc.record({ kind: fc.constantFrom('cut-before-effect' as const, 'cut-after-effect' as const), ...when }),
);
/** At most one: a client that is refused with a fresh token gives up. */
const refusedToken: fc.Arbitrary<TenantFault[]> = fc.array(fc.record({ kind: fc.constant('token-rejected' as const), skip: when.skip, times: fc.constant(1) }), { maxLength: 1 });

test('whatever goes wrong on the way, every device is listed once, in order', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fault, { maxLength: 2 }), refusedToken, async (faults, refusals) => {
    let all: string[] = [];
    const { seen, tenant } = await listThrough((tenant) => {
      all = tenant.addDevices(120).map(({ id }) => id);
      for (const item of [...faults, ...refusals]) tenant.inject(item);
    }, 10);
    expect(seen).toEqual(all);
    expect(tenant.violations).toEqual([]);
  }), { numRuns: 150 });
});

test('5,000 devices under throttling: none is lost and none repeated', async () => {
  let all: string[] = [];
  const { seen, tenant } = await listThrough((tenant) => {
    all = tenant.addDevices(5_000).map(({ id }) => id);
    for (let skip = 0; skip < 50; skip += 5) tenant.inject({ kind: 'throttle', skip, times: 2, form: skip % 2 === 0 ? 'date' : 'none' });
  }, 100);
  expect(seen).toEqual(all);
  expect(tenant.requests.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
  expect(tenant.violations).toEqual([]);
});
