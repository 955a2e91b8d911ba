import type { HttpClient, IntentOf, OperationVerb, PlanDraftInput, PluginInstance, StartRequest } from '@winre-kit/sdk';
import { createFaultTransport, type FakeWinreDevice, type FaultTransport, type TransportFault } from '@winre-kit/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bindingOf, call, collect, handleOf, startRequestOf, startWorld, tenantId, type EmmWorld } from './emm-world.ts';

const draft: PlanDraftInput = { prechecks: [], blastRadius: { devices: 1, description: 'x' }, requests: [{ method: 'POST', url: 'https://emm.example' }] };
let world: EmmWorld;
let device: FakeWinreDevice;

beforeAll(async () => {
  world = await startWorld();
  device = await world.addDevice('hardware-transport');
});
afterAll(() => world[Symbol.asyncDispose]());

const intent = (): IntentOf<'winre.session.enter'> => ({ capability: 'winre.session.enter', tenantId, device: bindingOf(device) });
const enterOf = (plugin: PluginInstance): OperationVerb<'winre.session.enter'> => {
  if (!plugin.sessions?.enter) throw new TypeError('no verb');
  return plugin.sessions.enter;
};
/** A plug-in whose requests to start something break in the given way, once. */
async function withFault(fault: TransportFault): Promise<{ plugin: PluginInstance; transport: FaultTransport }> {
  const transport = createFaultTransport(world.fetch, [{ matches: ({ method, url }) => method === 'POST' && url.pathname === '/admin/v1/operations', fault }]);
  return { plugin: (await world.openPlugin({ fetch: transport.fetch })).plugin, transport };
}
const operationsAtEmm = async (): Promise<number> => (await collect((await world.openPlugin()).plugin.operations.doList({ deviceId: bindingOf(device).id }, call))).length;

test('ten parallel starts of one key are one operation', async () => {
  const { plugin } = await world.openPlugin();
  const before = await operationsAtEmm();
  const request = await startRequestOf(intent(), draft, 'parallel');
  const reports = await Promise.all(Array.from({ length: 10 }, () => enterOf(plugin).doStart(request, call)));
  expect(new Set(reports.map(({ vendorRef }) => vendorRef)).size).toBe(1);
  expect(await operationsAtEmm()).toBe(before + 1);
});

const inDoubt: Record<string, { readonly fault: TransportFault; readonly taken: boolean }> = {
  'cut before it was sent': { fault: { kind: 'cut-before-send' }, taken: false },
  'cut after it was sent': { fault: { kind: 'cut-after-send' }, taken: true },
  'an empty 200': { fault: { kind: 'empty-reply' }, taken: true },
  'a page in HTML': { fault: { kind: 'login-page' }, taken: false },
  'half a reply': { fault: { kind: 'truncate', keepBytes: 20 }, taken: true },
  'a 500 of something in between': { fault: { kind: 'status', status: 500, body: 'oops' }, taken: false },
  'a 502': { fault: { kind: 'status', status: 502 }, taken: false },
};

test.each(Object.entries(inDoubt))('%s leaves the outcome unknown; reconcile tells it; sending again makes one operation', async (name, { fault, taken }) => {
  const { plugin, transport } = await withFault(fault);
  const before = await operationsAtEmm();
  const request = await startRequestOf(intent(), draft, `doubt-${name.replaceAll(' ', '-')}`);
  await expect(enterOf(plugin).doStart(request, call)).rejects.toMatchObject({ retry: 'reconcile-first' });
  expect(transport.unusedRules).toEqual([]);
  const handle = await handleOf(request);
  expect((await plugin.operations.doReconcile(handle, call)).finding).toBe(taken ? 'found' : 'absent');
  await enterOf(plugin).doStart(request, call);
  expect(await plugin.operations.doReconcile(handle, call)).toMatchObject({ finding: 'found', report: { state: 'accepted' } });
  expect(await operationsAtEmm()).toBe(before + 1);
});

test('a refused connection was never sent, and may simply be tried again', async () => {
  const { plugin } = await withFault({ kind: 'cut-before-send', errorCode: 'ECONNREFUSED' });
  await expect(enterOf(plugin).doStart(await startRequestOf(intent(), draft, 'refused'), call)).rejects.toMatchObject({ code: 'unavailable', retry: 'with-backoff', facts: { outcome: 'not-sent' } });
});

test('429 passes Retry-After on, and the EMM keeps to its own limit', async () => {
  const { plugin } = await withFault({ kind: 'throttle', retryAfterSeconds: 7 });
  await expect(enterOf(plugin).doStart(await startRequestOf(intent(), draft, 'throttled'), call)).rejects.toMatchObject({ code: 'resource-exhausted', retryAfterMs: 7_000 });
  await using limited = await startWorld({ operationsPerMinute: 1 });
  const own = await limited.addDevice('hardware-limited');
  const { plugin: limitedPlugin } = await limited.openPlugin();
  const enter = { ...intent(), device: bindingOf(own) };
  const first = await startRequestOf(enter, draft, 'limit-1');
  await enterOf(limitedPlugin).doStart(first, call);
  const error: unknown = await enterOf(limitedPlugin).doStart(await startRequestOf(enter, draft, 'limit-2'), call).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'resource-exhausted', vendor: { status: 429 } });
  expect((error as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(0);
  await expect(enterOf(limitedPlugin).doStart(first, call)).resolves.toMatchObject({ state: 'accepted' });
});

test('a request that arrives after a reconcile found nothing is refused', async () => {
  let held: (() => Promise<Response>) | undefined;
  const late: HttpClient['fetch'] = (url, init) => {
    if (init?.method !== 'POST' || !String(url).endsWith('/admin/v1/operations') || held) return world.fetch(url, init);
    const { signal: _ended, ...rest } = init;
    held = () => world.fetch(url, rest);
    return Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) }));
  };
  const { plugin } = await world.openPlugin({ fetch: late });
  const request: StartRequest<'winre.session.enter'> = await startRequestOf(intent(), draft, 'late');
  await expect(enterOf(plugin).doStart(request, call)).rejects.toMatchObject({ retry: 'reconcile-first' });
  expect(await plugin.operations.doReconcile(await handleOf(request), call)).toMatchObject({ finding: 'absent' });
  const arrival = await held?.();
  expect([arrival?.status, await arrival?.json()]).toMatchObject([409, { error: { code: 'conflict' } }]);
  await expect(plugin.operations.doGet(await handleOf(request), call)).rejects.toMatchObject({ code: 'not-found' });
  const { plugin: forgetful } = await world.openPlugin();
  await expect(enterOf(forgetful).doStart(request, call)).rejects.toMatchObject({ code: 'conflict', retry: 'reconcile-first' });
  expect(await forgetful.operations.doReconcile(await handleOf(request), call)).toMatchObject({ finding: 'absent' });
  await enterOf(forgetful).doStart(request, call);
  expect(await plugin.operations.doReconcile(await handleOf(request), call)).toMatchObject({ finding: 'found' });
});

test('reads that fail change nothing and say so', async () => {
  const faults: readonly [TransportFault, string][] = [[{ kind: 'login-page' }, 'unavailable'], [{ kind: 'empty-reply' }, 'unavailable'], [{ kind: 'cut-after-send' }, 'unavailable'], [{ kind: 'status', status: 503 }, 'unavailable'], [{ kind: 'wrong-content-type' }, 'unavailable']];
  for (const [fault, code] of faults) {
    const transport = createFaultTransport(world.fetch, [{ matches: () => true, fault }]);
    const { plugin } = await world.openPlugin({ fetch: transport.fetch });
    await expect(plugin.devices?.doGet(bindingOf(device).id, call), fault.kind).rejects.toMatchObject({ code, retry: 'with-backoff' });
  }
});

test('a list neither skips nor repeats while devices are added and revoked', async () => {
  await using own = await startWorld();
  for (let index = 0; index < 7; index += 1) await own.addDevice(`paged-${index}`);
  const { plugin } = await own.openPlugin();
  const seen: string[] = [];
  let first: string | undefined;
  for await (const listed of plugin.devices?.doList({ pageSize: 2 }, call) ?? []) {
    first ??= listed.id;
    seen.push(listed.displayName);
    if (seen.length === 2) await own.addDevice('paged-late');
    if (seen.length === 3) await own.admin('POST', '/revocations', { deviceIds: [first] });
  }
  expect(seen).toEqual([...Array.from({ length: 7 }, (_, index) => `paged-${index}`), 'paged-late']);
});

test('a cut watch goes on and repeats nothing', async () => {
  const { plugin: steady } = await world.openPlugin();
  const request = await startRequestOf(intent(), draft, 'watched');
  await enterOf(steady).doStart(request, call);
  const transport = createFaultTransport(world.fetch, [{ matches: ({ url }) => url.pathname.endsWith('/reports'), fault: { kind: 'cut-before-send' }, count: 2 }]);
  const { plugin } = await world.openPlugin({ fetch: transport.fetch });
  const watching = collect(plugin.operations.doWatch(await handleOf(request), call));
  while (transport.log.length < 2) await new Promise<void>((resolve) => void setImmediate(resolve));
  expect(await steady.operations.doCancel(await handleOf(request), call)).toBe('accepted');
  expect((await watching).map(({ state }) => state).at(-1)).toBe('cancelled');
});
