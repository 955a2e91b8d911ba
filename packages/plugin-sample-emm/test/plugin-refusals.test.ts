import { inspect } from 'node:util';
import { createStatementSigner, generateSigningKey, instantAt, signApproval, signScript, type IntentOf, type OperationVerb, type PlanDraftInput, type PluginInstance, type RecoveryScript } from '@winre-kit/sdk';
import { systemClock } from '@winre-kit/plugin-sample-emm/server';
import { createMockHost, type FakeWinreDevice } from '@winre-kit/testkit';
import { sampleEmmPlugin, sampleEmmConfigSchema } from '@winre-kit/plugin-sample-emm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminCaller, bindingOf, call, collect, createPerson, handleOf, startRequestOf, startWorld, tenantId, type EmmWorld, type Person } from './emm-world.ts';

const draft: PlanDraftInput = { prechecks: [], blastRadius: { devices: 1, description: 'x' }, requests: [{ method: 'POST', url: 'https://emm.example' }] };
let world: EmmWorld;
let device: FakeWinreDevice;
let plugin: PluginInstance;

beforeAll(async () => {
  world = await startWorld();
  device = await world.addDevice('hardware-refusals');
  await device.hello();
  ({ plugin } = await world.openPlugin());
});
afterAll(() => world[Symbol.asyncDispose]());

const enterIntent = (): IntentOf<'winre.session.enter'> => ({ capability: 'winre.session.enter', tenantId, device: bindingOf(device) });
const restoreIntent = (): IntentOf<'winre.restore.trigger'> => ({ capability: 'winre.restore.trigger', tenantId, device: bindingOf(device), restorePointId: 'p1', safetySnapshot: true });
const required = <Value>(value: Value | undefined): Value => {
  if (value === undefined) throw new TypeError('the plug-in lacks a facet');
  return value;
};
const restoreVerb = (): OperationVerb<'winre.restore.trigger'> => plugin.restore as OperationVerb<'winre.restore.trigger'>;
const pluginAs = async (role: string): Promise<PluginInstance> => {
  const { body } = await world.admin('POST', '/api-tokens', { principal: `${role}@contoso.example`, role });
  return (await world.openPlugin({ token: body.token })).plugin;
};

test('a token that is not known is refused once renewed, without being repeated', async () => {
  const { plugin: stranger, host } = await world.openPlugin({ token: 'emm_not-a-token-of-anybody' });
  const error: unknown = await required(stranger.devices).doGet('x', call).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'unauthenticated' });
  expect(JSON.stringify(error)).not.toContain('not-a-token');
  expect(host.requests).toHaveLength(2);
  expect(host.secrets.uses.filter(({ kind }) => kind === 'renew')).toHaveLength(1);
});

test('a token that was replaced is renewed once, and the call succeeds', async () => {
  const { body } = await world.admin('POST', '/api-tokens', { principal: 'old', role: 'viewer' });
  const host = createMockHost({ secrets: { 'emm-token': { value: body.token, renewals: [world.adminToken] } }, fetch: world.fetch, overrides: { clock: systemClock } });
  const renewing = await sampleEmmPlugin.open(sampleEmmConfigSchema.parse({ baseUrl: world.emm.url, token: { secret: 'emm-token' }, tenantId }), host.services);
  expect(await renewing.probe(call)).toMatchObject({ state: 'degraded' });
  expect((await world.admin('DELETE', `/api-tokens/${body.tokenId}`)).status).toBe(200);
  expect(await renewing.probe(call)).toMatchObject({ state: 'ready' });
  expect(host.secrets.uses.filter(({ kind }) => kind === 'renew')).toHaveLength(1);
});

test('an answer that repeats the token does not bring it into the error', async () => {
  const echo = (_url: string | URL, init?: RequestInit): Promise<Response> =>
    Promise.resolve(Response.json({ error: { code: 'not-found', message: `nothing for ${new Headers(init?.headers).get('authorization')}` } }, { status: 404 }));
  const { plugin: echoed } = await world.openPlugin({ fetch: echo });
  const errors = await Promise.all([required(echoed.devices).doGet('x', call), collect(required(echoed.artifacts).doRead('x', call))].map((asked) => asked.catch((thrown: unknown) => thrown)));
  expect(errors).toMatchObject([{ code: 'not-found' }, { code: 'not-found' }]);
  expect(inspect(errors, { depth: null })).not.toContain(world.adminToken);
});

test('configuration: the wrong tenant, a bad address and a plain http one are named', async () => {
  const { host } = await world.openPlugin();
  const config = { baseUrl: world.emm.url, token: { secret: 'emm-token' }, tenantId: 'fabrikam' };
  await expect(sampleEmmPlugin.validateConfig(sampleEmmConfigSchema.parse(config), host.services)).rejects.toMatchObject({ code: 'invalid-config', fieldPath: 'tenantId' });
  await expect(sampleEmmPlugin.validateConfig(sampleEmmConfigSchema.parse({ ...config, tenantId }), host.services)).resolves.toBeUndefined();
  expect(sampleEmmConfigSchema.safeParse({ ...config, baseUrl: 'http://emm.example' }).error?.issues[0]).toMatchObject({ path: ['baseUrl'], message: 'expected an https:// address' });
  expect(sampleEmmConfigSchema.safeParse({ ...config, tokn: 'x' }).success).toBe(false);
});

test('a viewer reads but starts nothing; the refusal names the permission', async () => {
  const viewer = await pluginAs('viewer');
  expect((await collect(required(viewer.devices).doList({}, call))).length).toBeGreaterThan(0);
  expect(await viewer.probe(call)).toMatchObject({ state: 'degraded' });
  const request = await startRequestOf(enterIntent(), draft, 'viewer-1');
  await expect(required(viewer.sessions?.enter).doStart(request, call)).rejects.toMatchObject({ code: 'permission-denied', message: expect.stringContaining('operations.start') as string, facts: { permission: 'operations.start' } });
  await expect(required(viewer.restore?.policy).doSet(bindingOf(device), { enabled: true, cadenceHours: 4, retentionHours: 4, maxDiskBytes: 1 }, call)).rejects.toMatchObject({ facts: { permission: 'policies.write' } });
  await expect(collect(required(viewer.artifacts).doRead('x', call))).rejects.toMatchObject({ code: 'permission-denied', facts: { permission: 'artifacts.read' } });
});

test('an approver may stop and revoke, and starts nothing', async () => {
  const approver = await pluginAs('approver');
  const request = await startRequestOf(restoreIntent(), draft, 'approver-1', [world.approver]);
  await expect((approver.restore as OperationVerb<'winre.restore.trigger'>).doStart(request, call)).rejects.toMatchObject({ code: 'permission-denied' });
  const started = await startRequestOf(enterIntent(), draft, 'approver-2');
  await required(plugin.sessions?.enter).doStart(started, call);
  expect(await approver.operations.doCancel(await handleOf(started), call)).toBe('accepted');
});

test('an unknown device, session, artifact and operation are not found', async () => {
  await expect(required(plugin.devices).doGet('nobody', call)).rejects.toMatchObject({ code: 'not-found' });
  await expect(required(plugin.sessions).doGet('nobody', call)).rejects.toMatchObject({ code: 'not-found' });
  await expect(collect(required(plugin.artifacts).doRead('nobody', call))).rejects.toMatchObject({ code: 'not-found' });
  const request = await startRequestOf(enterIntent(), draft, 'never-started');
  await expect(plugin.operations.doGet(await handleOf(request), call)).rejects.toMatchObject({ code: 'not-found' });
  await expect(plugin.operations.doCancel(await handleOf(request), call)).rejects.toMatchObject({ code: 'not-found' });
});

test("another tenant's devices, sessions, events and operations are not found, even under the same key", async () => {
  const { plugin: other } = await world.openPlugin({ token: await world.tokenOf('fabrikam'), tenantId: 'fabrikam' });
  const request = await startRequestOf(enterIntent(), draft, 'shared-key');
  const { vendorRef } = await required(plugin.sessions?.enter).doStart(request, call);
  const handle = await handleOf(request, vendorRef);
  await expect(other.operations.doGet(handle, call)).rejects.toMatchObject({ code: 'not-found' });
  await expect(collect(other.operations.doWatch(handle, call))).rejects.toMatchObject({ code: 'not-found' });
  await expect(other.operations.doReconcile(handle, call)).rejects.toMatchObject({ code: 'not-found' });
  await expect(required(other.devices).doGet(bindingOf(device).id, call)).rejects.toMatchObject({ code: 'not-found' });
  await expect(required(other.sessions?.enter).doStart(request, call)).rejects.toMatchObject({ code: 'not-found' });
  await expect(required(other.sessions?.enter).doPlan(enterIntent(), call)).rejects.toMatchObject({ code: 'invalid-argument', fieldPath: 'tenantId' });
  expect(await collect(required(other.devices).doList({}, call))).toEqual([]);
  expect(await collect(required(other.sessions).doList(call))).toEqual([]);
  expect(await collect(other.operations.doList({}, call))).toEqual([]);
});

test("the event stream shows the tenant's own devices only, live and standing", async () => {
  const token = await world.tokenOf('fabrikam');
  const fabrikam = adminCaller(world.fetch, world.emm.url, token);
  await fabrikam('PUT', '/trust', { trustedKeys: [(await createPerson('zoe@fabrikam.example', 'approve')).key] });
  const theirs = await world.addDevice('hardware-fabrikam', {}, fabrikam);
  const { plugin: other } = await world.openPlugin({ token, tenantId: 'fabrikam' });
  const seen: string[] = [];
  for await (const event of required(other.sessions).doWatch({}, call)) {
    if (event.type === 'stream.checkpoint' && seen.length === 0) await Promise.all([device.hello(), theirs.hello()]);
    if ('device' in event) seen.push(event.device.id);
    if (seen.includes(bindingOf(theirs).id)) break;
  }
  expect(new Set(seen)).toEqual(new Set([bindingOf(theirs).id]));
});

test('another enrolment of the device is refused at plan, start and policy', async () => {
  const stale = { id: bindingOf(device).id, enrolmentEpoch: 'an-older-one' };
  const intent = { ...enterIntent(), device: stale };
  await expect(required(plugin.sessions?.enter).doPlan(intent, call)).rejects.toMatchObject({ code: 'enrolment-changed' });
  await expect(required(plugin.sessions?.enter).doStart(await startRequestOf(intent, draft, 'stale-epoch'), call)).rejects.toMatchObject({ code: 'enrolment-changed' });
  await expect(required(plugin.remediation?.policy).doSet(stale, { cloudRemediation: true, autoRemediation: false, retryIntervalMinutes: 0, timeToRebootMinutes: 1 }, call)).rejects.toMatchObject({ code: 'enrolment-changed' });
});

test('a stale or altered plan, and the same key for another plan, are refused', async () => {
  const request = await startRequestOf(enterIntent(), draft, 'digest-1');
  await expect(required(plugin.sessions?.enter).doStart({ ...request, planDigest: '0'.repeat(64) }, call)).rejects.toMatchObject({ code: 'plan-stale' });
  await required(plugin.sessions?.enter).doStart(request, call);
  const other = await startRequestOf({ ...enterIntent() }, { ...draft, requests: [{ method: 'PUT', url: 'https://elsewhere.example' }] }, 'digest-1');
  await expect(required(plugin.sessions?.enter).doStart(other, call)).rejects.toMatchObject({ code: 'already-exists' });
});

test('approvals: none, by a stranger, by the requester, altered, expired, for another plan', async () => {
  const stranger = await createPerson('mallory@contoso.example', 'approve');
  const refusal = async (operationKey: string, change: (person: Person) => Promise<Awaited<ReturnType<typeof startRequestOf<'winre.restore.trigger'>>>>): Promise<unknown> =>
    restoreVerb().doStart(await change(world.approver), call).then(() => `${operationKey} was accepted`, (error: { code: string }) => error.code);
  const approved = (operationKey: string, people: readonly Person[]): ReturnType<typeof startRequestOf<'winre.restore.trigger'>> => startRequestOf(restoreIntent(), draft, operationKey, people);
  const resigned = async (operationKey: string, members: object): ReturnType<typeof startRequestOf<'winre.restore.trigger'>> => {
    const request = await approved(operationKey, [world.approver]);
    const [first] = request.approvals;
    if (!first) throw new TypeError('no approval');
    return { ...request, approvals: [await signApproval({ ...first.statement, ...members }, world.approver.signer)] };
  };
  expect(await refusal('a-0', () => approved('a-0', []))).toBe('approval-required');
  expect(await refusal('a-1', () => approved('a-1', [stranger]))).toBe('untrusted-payload');
  expect(await refusal('a-2', () => resigned('a-2', { requestedBy: 'approver@contoso.example' }))).toBe('approval-rejected');
  expect(await refusal('a-3', () => resigned('a-3', { executeBy: instantAt(Date.now() - 1_000) }))).toBe('approval-expired');
  expect(await refusal('a-4', () => resigned('a-4', { planDigest: '1'.repeat(64) }))).toBe('plan-stale');
  expect(await refusal('a-5', () => resigned('a-5', { operationKey: 'another' }))).toBe('untrusted-payload');
  expect(await refusal('a-6', async () => {
    const request = await approved('a-6', [world.approver]);
    return { ...request, approvals: request.approvals.map((approval) => ({ ...approval, statement: { ...approval.statement, reason: 'altered' } })) };
  })).toBe('untrusted-payload');
  expect(await collect(plugin.operations.doList({ deviceId: bindingOf(device).id }, call)).then((reports) => reports.filter(({ vendorRef }) => vendorRef.startsWith('a-')))).toEqual([]);
});

test('scripts: altered, expired, for another tenant, by an unknown signer: unmet at plan, refused at start', async () => {
  const sign = (person: Person, terms: object = {}): Promise<RecoveryScript> =>
    signScript({ content: 'exit 0', manifest: { name: 'probe', interpreter: 'sh', successExitCodes: [0], timeoutMs: 1_000, maxOutputBytes: 1_000 } }, { tenantId, issuedAt: instantAt(Date.now() - 9_000), expiresAt: instantAt(Date.now() + 60_000), ...terms }, person.signer);
  const mallory: Person = { signer: createStatementSigner(await generateSigningKey()), key: world.scriptSigner.key };
  const bad = {
    altered: { ...(await sign(world.scriptSigner)), content: 'exit 1' },
    expired: await sign(world.scriptSigner, { expiresAt: instantAt(Date.now() - 1) }),
    'other-tenant': await sign(world.scriptSigner, { tenantId: 'fabrikam' }),
    'unknown-key': await sign(mallory),
  };
  for (const [reason, script] of Object.entries(bad)) {
    const intent = { capability: 'winre.script.push' as const, tenantId, device: bindingOf(device), script };
    const plan = await required(plugin.scripts).doPlan(intent, call);
    expect(plan.prechecks.find(({ id }) => id === 'payload-trusted')?.state, reason).toBe('unmet');
    await expect(required(plugin.scripts).doStart(await startRequestOf(intent, plan, `script-${reason}`), call), reason).rejects.toMatchObject({ code: 'untrusted-payload', facts: { reason } });
  }
});

test('a revoked script signer and a revoked device are refused from the next call on', async () => {
  const signer = await createPerson('leaver@contoso.example', 'sign-scripts');
  await using own = await startWorld();
  const leaving = await own.addDevice('hardware-leaving');
  const { plugin: ownPlugin } = await own.openPlugin();
  expect((await own.admin('POST', '/revocations', { keyIds: [own.scriptSigner.key.keyId, signer.key.keyId] })).status).toBe(200);
  const script = await signScript({ content: 'exit 0', manifest: { name: 'probe', interpreter: 'sh', successExitCodes: [0], timeoutMs: 1_000, maxOutputBytes: 1_000 } }, { tenantId, issuedAt: instantAt(Date.now() - 9_000), expiresAt: instantAt(Date.now() + 60_000) }, own.scriptSigner.signer);
  const intent = { capability: 'winre.script.push' as const, tenantId, device: bindingOf(leaving), script };
  await expect(required(ownPlugin.scripts).doStart(await startRequestOf(intent, draft, 'revoked-1'), call)).rejects.toMatchObject({ code: 'untrusted-payload', facts: { reason: 'revoked' } });
  expect((await own.admin('POST', '/revocations', { deviceIds: [bindingOf(leaving).id] })).status).toBe(200);
  await expect(required(ownPlugin.devices).doGet(bindingOf(leaving).id, call)).rejects.toMatchObject({ code: 'not-found' });
  await expect(leaving.hello()).rejects.toMatchObject({ code: 'unauthenticated' });
});

test('the admin API names the field that is wrong, and takes no secret the intent does not name', async () => {
  expect(await world.admin('POST', '/operations', { operationKey: 'x y' })).toMatchObject({ status: 400, body: { error: { code: 'invalid-argument', fieldPath: 'operationKey' } } });
  expect(await world.admin('PUT', '/trust', { trustedKeys: [{ ...world.approver.key, keyId: 'forged' }] })).toMatchObject({ status: 400, body: { error: { fieldPath: 'trustedKeys' } } });
  expect(await world.admin('PUT', '/trust', { trustedKeys: [world.approver.key] })).toMatchObject({ status: 409, body: { error: { code: 'already-exists' } } });
  expect(await world.admin('GET', '/devices?pageSize=0')).toMatchObject({ status: 400, body: { error: { fieldPath: 'pageSize' } } });
  expect(await world.admin('GET', '/nothing')).toMatchObject({ status: 404, body: { error: { code: 'not-found' } } });
  const request = await startRequestOf(enterIntent(), draft, 'extra-secret');
  const body = { operationKey: request.operationKey, planDigest: request.planDigest, binding: request.binding, approvals: [], ttlMs: 60_000, secrets: { other: 'value-of-other' } };
  const refused = await world.admin('POST', '/operations', body);
  expect(refused).toMatchObject({ status: 400, body: { error: { fieldPath: 'secrets.other' } } });
  expect(JSON.stringify(refused)).not.toContain('value-of-other');
});

test('every refused and every changing call is in the audit, without bodies', async () => {
  const stranger = adminCaller(world.fetch, world.emm.url, 'nonsense');
  expect((await stranger('GET', '/devices')).status).toBe(401);
  const { body } = await world.admin('GET', '/audit?pageSize=500');
  const starts = body.items.filter(({ path, method }) => method === 'POST' && path === '/admin/v1/operations');
  expect(starts.some(({ status }) => status === 200)).toBe(true);
  expect(starts.find(({ code }) => code === 'approval-required')).toMatchObject({ status: 403, permission: 'operations.start-destructive' });
  expect(body.items.some(({ method, status }) => method === 'GET' && status === 200)).toBe(false);
});
