import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTenantWorld, type TenantWorld } from './tenant-client.ts';

const first = '/v1.0/deviceManagement/managedDevices';

/** Reads every page; `between` happens after each. */
async function readAll({ call }: TenantWorld, start: string, between: () => void = () => undefined): Promise<string[]> {
  const ids: string[] = [];
  for (let next: string | undefined = start; next !== undefined;) {
    const { status, body }: Awaited<ReturnType<typeof call>> = await call('GET', next);
    expect(status).toBe(200);
    ids.push(...(body.value ?? []).map(({ id }) => id ?? ''));
    const link: string | undefined = body['@odata.nextLink'];
    next = link === undefined ? undefined : link.replace('https://graph.microsoft.com', '');
    between();
  }
  return ids;
}

test('devices come and go while the pages are read: none is listed twice, and what was there throughout is listed', async () => {
  const change = fc.array(fc.oneof(fc.constant('add' as const), fc.nat({ max: 60 })), { maxLength: 4 });
  await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 7 }), fc.array(change, { maxLength: 12 }), async (count, top, changes) => {
    const world = createTenantWorld({ maxPageSize: 5 });
    const { tenant } = world;
    const atFirst = tenant.addDevices(count).map(({ id }) => id);
    const removed = new Set<string>();
    const pending = [...changes];
    const seen = await readAll(world, `${first}?$top=${top}`, () => {
      for (const step of pending.shift() ?? []) {
        const ids = tenant.devices().map(({ id }) => id);
        const victim = step === 'add' ? undefined : ids[step];
        if (step === 'add') tenant.addDevice();
        if (victim === undefined) continue;
        tenant.removeDevice(victim);
        removed.add(victim);
      }
    });
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(atFirst.filter((id) => !removed.has(id))));
  }), { numRuns: 60 });
});

test('the link to the next page keeps the filter and the selection', async () => {
  const world = createTenantWorld({ maxPageSize: 2 });
  world.tenant.addDevices(3, { operatingSystem: 'Windows' });
  world.tenant.addDevices(3, { operatingSystem: 'iOS' });
  world.tenant.addDevices(2, { operatingSystem: 'Windows' });
  const filter = `${first}?$filter=operatingSystem eq 'windows' and contains(deviceName,'PC-')&$select=id`;
  expect(await readAll(world, filter)).toHaveLength(5);
  expect((await world.call('GET', `${filter}&$count=true`)).body).toMatchObject({ '@odata.count': 5, value: [{ id: expect.any(String) }, {}] });
  expect(Object.keys((await world.call('GET', filter)).body.value?.[0] ?? {})).toEqual(['id']);
});

test('5,000 devices are five pages', async () => {
  const world = createTenantWorld();
  const all = world.tenant.addDevices(5_000).map(({ id }) => id);
  expect(await readAll(world, first)).toEqual(all);
  expect(world.tenant.requests).toHaveLength(5);
});
