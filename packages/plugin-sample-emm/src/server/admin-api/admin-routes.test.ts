import { randomBytes } from 'node:crypto';
import { createStatementSigner, generateSigningKey, instantAt, planDigestOf, signApproval, type PlanBinding, type StatementSigner } from '@winre-kit/sdk';
import { createManualClock, type ManualClock } from '@winre-kit/testkit';
import { createEscrowOpener, createGateway, generateEscrowKey, type DeviceRecord, type OperationRecord, type SessionRecord } from '@winre-kit/winre-agent/gateway';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { facts, first } from '../../../test/planned-session.ts';
import type { MdmReport } from '../mdm-endpoint/mdm-session.ts';
import { planMdmTurn } from '../mdm-endpoint/plan-mdm-turn.ts';
import { createAdminAuditStore } from '../store/admin-audit-store.ts';
import { createApiTokenStore, type ApiTokenStore } from '../store/api-token-store.ts';
import { createMdmCertificateStore } from '../store/mdm-certificate-store.ts';
import { createMdmExecStore } from '../store/mdm-exec-store.ts';
import { createMdmSessionStore } from '../store/mdm-session-store.ts';
import { createMdmSettingsStore } from '../store/mdm-settings-store.ts';
import { openDatabase } from '../store/open-database.ts';
import { createOperationFences } from '../store/operation-fences.ts';
import { createRebuildOfferingStore } from '../store/rebuild-offering-store.ts';
import { createSqliteGatewayStore } from '../store/sqlite-gateway-store.ts';
import type { AdminServices } from './admin-services.ts';
import { createAdminApi } from './create-admin-api.ts';
import { rolePermissions, roles, type Permission, type Role } from './roles.table.ts';

const now = '2026-11-22T03:00:00.000Z';
const digest = '0'.repeat(64);
const offering = { id: 'offering-of-contoso', release: 'r', language: 'en-US', edition: 'e', mediaSource: { kind: 'share' as const, location: 's' } };
const policy = { enabled: true, cadenceHours: 4, retentionHours: 72, maxDiskBytes: 1_000 };

interface RouteCase {
  readonly method: string;
  /** As it is registered. */
  readonly route: string;
  /** What a caller's role must hold; nothing when any valid token will do. */
  readonly permission: Permission | undefined;
  /** With ids of contoso in it. */
  readonly path: string;
  readonly body?: unknown;
  /** What a caller of another tenant gets. */
  readonly foreign: 404 | 'own';
}
const device = '/devices/device-of-contoso';
const operation = '/operations/operation-of-contoso';
const cases: readonly RouteCase[] = [
  { method: 'GET', route: '/caller', permission: undefined, path: '/caller', foreign: 'own' },
  { method: 'GET', route: '/devices', permission: 'devices.read', path: '/devices', foreign: 'own' },
  { method: 'GET', route: '/devices/:deviceId', permission: 'devices.read', path: device, foreign: 404 },
  { method: 'GET', route: '/devices/:deviceId/enrolment', permission: 'devices.read', path: `${device}/enrolment`, foreign: 404 },
  { method: 'POST', route: '/devices/:deviceId/queries', permission: 'devices.read', path: `${device}/queries`, body: { kind: 'nothing' }, foreign: 404 },
  { method: 'GET', route: '/sessions', permission: 'sessions.read', path: '/sessions', foreign: 'own' },
  { method: 'GET', route: '/sessions/:sessionId', permission: 'sessions.read', path: '/sessions/session-of-contoso', foreign: 404 },
  { method: 'GET', route: '/session-events', permission: 'sessions.read', path: '/session-events?deviceId=device-of-contoso', foreign: 404 },
  { method: 'POST', route: '/operations', permission: 'operations.start', path: '/operations', body: {}, foreign: 404 },
  { method: 'GET', route: '/operations', permission: 'operations.read', path: '/operations', foreign: 'own' },
  { method: 'GET', route: '/operations/:operationKey', permission: 'operations.read', path: operation, foreign: 404 },
  { method: 'GET', route: '/operations/:operationKey/reports', permission: 'operations.read', path: `${operation}/reports`, foreign: 404 },
  { method: 'POST', route: '/operations/:operationKey/cancel', permission: 'operations.cancel', path: `${operation}/cancel`, body: {}, foreign: 404 },
  { method: 'POST', route: '/operations/:operationKey/reconcile', permission: 'operations.start', path: `${operation}/reconcile`, body: {}, foreign: 'own' },
  { method: 'GET', route: '/devices/:deviceId/policies/restore', permission: 'policies.read', path: `${device}/policies/restore`, foreign: 404 },
  { method: 'PUT', route: '/devices/:deviceId/policies/restore', permission: 'policies.write', path: `${device}/policies/restore`, body: { enrolmentEpoch: 'epoch-of-contoso', policy }, foreign: 404 },
  { method: 'GET', route: '/devices/:deviceId/policies/remediation', permission: 'policies.read', path: `${device}/policies/remediation`, foreign: 404 },
  {
    method: 'PUT', route: '/devices/:deviceId/policies/remediation', permission: 'policies.write', path: `${device}/policies/remediation`, foreign: 404,
    body: { enrolmentEpoch: 'epoch-of-contoso', policy: { cloudRemediation: true, autoRemediation: false, retryIntervalMinutes: 0, timeToRebootMinutes: 60 } },
  },
  { method: 'GET', route: '/devices/:deviceId/recovery-keys', permission: 'keys.read', path: `${device}/recovery-keys`, foreign: 404 },
  { method: 'GET', route: '/devices/:deviceId/artifacts', permission: 'artifacts.read', path: `${device}/artifacts`, foreign: 404 },
  { method: 'GET', route: '/artifacts/:artifactId', permission: 'artifacts.read', path: '/artifacts/artifact-of-contoso', foreign: 404 },
  { method: 'GET', route: '/rebuild-offerings', permission: 'offerings.read', path: '/rebuild-offerings', foreign: 'own' },
  { method: 'PUT', route: '/rebuild-offerings', permission: 'offerings.write', path: '/rebuild-offerings', body: { offerings: [{ ...offering, id: 'own' }] }, foreign: 'own' },
  { method: 'GET', route: '/devices/:deviceId/rebuild-offerings', permission: 'offerings.read', path: `${device}/rebuild-offerings`, foreign: 404 },
  { method: 'GET', route: '/trust', permission: 'trust.read', path: '/trust', foreign: 'own' },
  { method: 'PUT', route: '/trust', permission: 'trust.write', path: '/trust', body: {}, foreign: 'own' },
  { method: 'POST', route: '/trust-updates', permission: 'trust.update', path: '/trust-updates', body: {}, foreign: 'own' },
  { method: 'POST', route: '/revocations', permission: 'revocations.write', path: '/revocations', body: {}, foreign: 404 },
  { method: 'GET', route: '/consent', permission: 'consent.read', path: '/consent', foreign: 'own' },
  { method: 'PUT', route: '/consent', permission: 'consent.write', path: '/consent', body: { categories: ['diagnostics'] }, foreign: 'own' },
  { method: 'GET', route: '/groups/:name', permission: 'policies.read', path: '/groups/group-of-contoso', foreign: 404 },
  { method: 'PUT', route: '/groups/:name', permission: 'policies.write', path: '/groups/group-of-contoso', body: { deviceIds: ['device-of-contoso'] }, foreign: 404 },
  { method: 'GET', route: '/groups/:name/settings', permission: 'policies.read', path: '/groups/group-of-contoso/settings', foreign: 404 },
  { method: 'PUT', route: '/groups/:name/settings', permission: 'policies.write', path: '/groups/pilots/settings', body: { restore: policy }, foreign: 'own' },
  { method: 'GET', route: '/devices/:deviceId/mdm', permission: 'policies.read', path: `${device}/mdm`, foreign: 404 },
  { method: 'POST', route: '/devices/:deviceId/mdm/unenrol', permission: 'enrolment.write', path: `${device}/mdm/unenrol`, body: { key: 'leave' }, foreign: 404 },
  { method: 'DELETE', route: '/devices/:deviceId/mdm/networks/:ssid', permission: 'policies.write', path: `${device}/mdm/networks/depot`, foreign: 404 },
  { method: 'DELETE', route: '/devices/:deviceId/mdm/certificate', permission: 'revocations.write', path: `${device}/mdm/certificate`, foreign: 404 },
  { method: 'POST', route: '/enrolment-tokens', permission: 'enrolment.write', path: '/enrolment-tokens', body: {}, foreign: 'own' },
  { method: 'POST', route: '/api-tokens', permission: 'tokens.write', path: '/api-tokens', body: { principal: 'p', role: 'viewer' }, foreign: 'own' },
  { method: 'DELETE', route: '/api-tokens/:tokenId', permission: 'tokens.write', path: '/api-tokens/«token of contoso»', foreign: 404 },
  { method: 'GET', route: '/audit', permission: 'audit.read', path: '/audit', foreign: 'own' },
];

const deviceRecord: DeviceRecord = {
  revision: 1, deviceId: 'device-of-contoso', tenantId: 'contoso', hardwareId: 'hardware-of-contoso', displayName: 'laptop', platform: 'windows', enrolmentEpoch: 'epoch-of-contoso', enrolledAt: now,
  devicePublicKey: 'a2V5', stateGeneration: 'g', commandSequence: 0, acknowledgedSequence: 0, policies: {}, lastSeenAt: now,
};
const target = { id: 'device-of-contoso', enrolmentEpoch: 'epoch-of-contoso' };
const operationRecord: OperationRecord = {
  revision: 1, tenantId: 'contoso', operationKey: 'operation-of-contoso', operationId: 'id-of-contoso', deviceId: target.id, enrolmentEpoch: target.enrolmentEpoch, effect: 'write', planDigest: digest,
  binding: { kind: 'winre-plan/v1', pluginId: 'p', intent: { capability: 'winre.session.enter', tenantId: 'contoso', device: target }, requests: [], secretDigests: {}, descriptorHash: digest, lossDigest: null },
  approvals: [], deliverBy: '2030-01-01T00:00:00.000Z', secrets: {}, submittedAt: now, delivery: 'received', report: { vendorRef: 'id-of-contoso', state: 'delivered', rawState: 'received', observedAt: now, notices: [] }, reportSequence: 0,
};
const sessionRecord: SessionRecord = {
  revision: 1, sessionId: 'session-of-contoso', deviceId: target.id, bootId: 'b', open: true,
  session: { sessionId: 'session-of-contoso', device: target, source: 'agent', confidence: 'confirmed', bootReason: 'unknown', startedAt: now, lastSeenAt: now, heartbeatEveryMs: 1_000 },
};

let database: ReturnType<typeof openDatabase>;
let services: AdminServices;
let clock: ManualClock;
let tokens: ApiTokenStore;
let api: ReturnType<typeof createAdminApi>;
let contosoTokenId: string;
const closing = new AbortController();

beforeAll(async () => {
  database = openDatabase(':memory:');
  const store = createSqliteGatewayStore(database);
  await store.writeArtifactBytes('artifact-of-contoso', Uint8Array.of(1));
  await store.commit([
    { table: 'devices', record: deviceRecord }, { table: 'operations', record: operationRecord }, { table: 'sessions', record: sessionRecord },
    { table: 'artifacts', record: { revision: 1, artifactId: 'artifact-of-contoso', deviceId: target.id, tenantId: 'contoso', category: 'diagnostics', name: 'a', bytes: 1, sha256: digest, createdAt: now } },
  ]);
  clock = createManualClock();
  const logger = { log: () => undefined };
  const signer = createStatementSigner(await generateSigningKey());
  const gatewayKey = { keyId: signer.keyId, principal: 'gateway', purpose: 'gateway' as const, publicKey: signer.publicKey };
  const gateway = await createGateway({ store, signer, clock, logger, randomBytes: (length) => randomBytes(length) });
  for (const tenantId of ['contoso', 'fabrikam']) await gateway.putTenant({ tenantId, trustedKeys: [gatewayKey], caCertificatesPem: [], consent: { categories: ['diagnostics'] } });
  tokens = createApiTokenStore(database);
  services = {
    gateway, store, tokens, clock, logger, gatewayKey, audit: createAdminAuditStore(database), offerings: createRebuildOfferingStore(database), fences: createOperationFences(database),
    caCertificatesPem: [], operationsPerMinute: 600, closing: closing.signal, escrow: await createEscrowOpener(await generateEscrowKey()),
    mdm: { certificates: createMdmCertificateStore(database), settings: createMdmSettingsStore(database), sessions: createMdmSessionStore(database), execs: createMdmExecStore(database) },
  };
  services.mdm.certificates.replace({
    thumbprint: 'a'.repeat(64), tenantId: 'contoso', deviceId: target.id, deviceName: 'laptop-of-contoso', certificatePem: 'p', publicKeySpki: 'k', osEdition: 4, issuedAt: now, expiresAt: '2030-01-01T00:00:00.000Z',
  });
  services.mdm.settings.putMembers('contoso', 'group-of-contoso', [target.id]);
  services.offerings.replace('contoso', [offering]);
  api = createAdminApi(services);
  contosoTokenId = tokens.add('token of contoso', { tenantId: 'contoso', principal: 'p', role: 'viewer' }, now).tokenId;
  for (const role of roles) for (const tenantId of ['contoso', 'fabrikam']) tokens.add(`${role}@${tenantId}`, { tenantId, principal: `${role}@${tenantId}`, role }, now);
});
afterAll(async () => {
  closing.abort();
  await services.gateway.close();
});

async function ask({ method, path, body }: Pick<RouteCase, 'method' | 'path' | 'body'>, token: string | undefined): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  return api.fetch(new Request(`https://emm.example/admin/v1${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }));
}
const named = ({ method, route }: Pick<RouteCase, 'method' | 'route'>): string => `${method} ${route}`;

async function readToCheckpoint(response: Response): Promise<{ readonly reader: ReadableStreamDefaultReader<Uint8Array>; readonly text: string }> {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  while (!text.includes('stream.checkpoint')) {
    const { done, value } = await reader.read();
    if (done) throw new RangeError(`the stream ended: ${text}`);
    text += new TextDecoder().decode(value);
  }
  return { reader, text };
}

test('every route is in this table, once', () => {
  const registered = new Set(api.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path.replace('/admin/v1', '')}`));
  expect(cases.map(named).toSorted()).toEqual([...registered].toSorted());
});

describe.each(cases)('$method $route', (route) => {
  test('needs a valid token', async () => {
    for (const token of [undefined, '', 'unknown', 'administrator']) expect((await ask(route, token)).status).toBe(401);
  });

  test.each(roles)('and lets a %s in as the table of roles says', async (role: Role) => {
    const response = await ask(route, `${role}@contoso`);
    const allowed = route.permission === undefined || rolePermissions[role].has(route.permission);
    expect({ refused: [401, 403, 500].includes(response.status), named: response.status === 403 ? ((await response.json()) as { error: { facts: { permission: string } } }).error.facts.permission : undefined })
      .toEqual(allowed ? { refused: false } : { refused: true, named: route.permission });
    await response.body?.cancel().catch(() => undefined);
  });
});

// The administrator of contoso has been here: what he made must not show either.
describe.each(cases)('$method $route for another tenant', (route) => {
  test('shows and changes nothing of contoso', async () => {
    const bodies: Record<string, unknown> = {
      'POST /devices/:deviceId/queries': { kind: 'network-status' },
      'POST /revocations': { deviceIds: ['device-of-contoso'] },
      'POST /operations': { operationKey: 'k', planDigest: digest, binding: operationRecord.binding, approvals: [], ttlMs: 1_000 },
    };
    const path = route.path.replace('«token of contoso»', contosoTokenId);
    const response = await ask({ ...route, path, body: bodies[named(route)] ?? route.body }, 'administrator@fabrikam');
    const text = await response.text();
    expect(response.status === 404 || route.foreign === 'own').toBe(true);
    // An error and the audit quote what fabrikam itself has asked for.
    expect(response.status < 300 ? text : '').not.toContain(route.path === '/audit' ? '@contoso' : 'of-contoso');
  });
});

test('afterwards everything of contoso is as it was', async () => {
  expect(await services.store.read('operations', 'contoso operation-of-contoso')).toEqual(operationRecord);
  expect(tokens.find('token of contoso')).toMatchObject({ tokenId: contosoTokenId });
  const stream = await ask({ method: 'GET', path: '/session-events' }, 'administrator@fabrikam');
  const { reader, text } = await readToCheckpoint(stream);
  await reader.cancel();
  expect(text).not.toContain('contoso');
});

test('a session of which nothing was heard for long shows as aborted', async () => {
  const { session, report } = planMdmTurn(undefined, first, { ...facts, now: instantAt(clock.now()) });
  services.mdm.sessions.write(target.id, { before: undefined, now: session }, report);
  const shown = async (): Promise<unknown> => ((await (await ask({ method: 'GET', path: `/devices/${target.id}/mdm` }, 'administrator@contoso')).json()) as { readonly lastSession: MdmReport['lastSession'] }).lastSession.outcome;
  expect(await shown()).toBe('running');
  await clock.advance(600_000);
  expect(await shown()).toBe('aborted');
});

test('calls without a token are recorded, but cannot fill the disk', async () => {
  const recorded = (): number => Number(database.prepare('SELECT count(*) AS total FROM admin_audit WHERE tenant_id IS NULL').get()?.['total']);
  // What was recorded before belongs to another minute.
  await clock.advance(60_000);
  const before = recorded();
  for (let call = 0; call < 200; call += 1) expect((await ask({ method: 'GET', path: `/${'x'.repeat(2_000)}` }, undefined)).status).toBe(401);
  expect(recorded() - before).toBeGreaterThan(0);
  expect(recorded() - before).toBeLessThan(100);
  expect(database.prepare('SELECT max(length(path)) AS longest FROM admin_audit').get()?.['longest']).toBe(512);
});

test('a stream ends when the token that opened it is revoked', async () => {
  const { tokenId } = tokens.add('lost-laptop', { tenantId: 'contoso', principal: 'p', role: 'viewer' }, now);
  const stream = await ask({ method: 'GET', path: '/session-events' }, 'lost-laptop');
  const { reader } = await readToCheckpoint(stream);
  tokens.revoke('contoso', tokenId, now);
  const waiting = reader.read();
  await services.gateway.submitOperation({ operationKey: 'after', planDigest: await planDigestOf(operationRecord.binding), binding: operationRecord.binding, approvals: [], ttlMs: 1_000 });
  expect(await waiting).toMatchObject({ done: true });
});

test('whoever calls does not approve', async () => {
  const approver = createStatementSigner(await generateSigningKey());
  const boss = createStatementSigner(await generateSigningKey());
  await services.gateway.putTenant({
    tenantId: 'wingtip', caCertificatesPem: [], consent: { categories: [] },
    trustedKeys: [services.gatewayKey, ...[{ signer: approver, principal: ' Operator@Wingtip' }, { signer: boss, principal: 'boss@wingtip' }].map(({ signer, principal }) => ({ keyId: signer.keyId, publicKey: signer.publicKey, principal, purpose: 'approve' as const }))],
  });
  await services.store.commit([{ table: 'devices', record: { ...deviceRecord, deviceId: 'd', tenantId: 'wingtip' } }]);
  tokens.add('operator-of-wingtip', { tenantId: 'wingtip', principal: 'operator@wingtip', role: 'operator' }, now);
  const binding: PlanBinding = { ...operationRecord.binding, intent: { capability: 'winre.restore.trigger', tenantId: 'wingtip', device: { ...target, id: 'd' }, restorePointId: 'r', safetySnapshot: true } };
  const planDigest = await planDigestOf(binding);
  const later = '2030-01-01T00:00:00.000Z';
  const start = async (signer: StatementSigner): Promise<Response> => {
    const approval = await signApproval({ kind: 'winre-approval/v1', decision: 'approve', planDigest, operationKey: 'w', tenantId: 'wingtip', deviceId: 'd', enrolmentEpoch: target.enrolmentEpoch, requestedBy: 'somebody else', approveBy: later, executeBy: later, decidedAt: now, reason: '' }, signer);
    return ask({ method: 'POST', path: '/operations', body: { operationKey: 'w', planDigest, binding, approvals: [approval], ttlMs: 60_000 } }, 'operator-of-wingtip');
  };
  const refused = await start(approver);
  expect(await refused.json()).toMatchObject({ error: { code: 'approval-rejected', facts: { reason: 'self-approval' } } });
  expect((await start(boss)).status).toBe(200);
});
