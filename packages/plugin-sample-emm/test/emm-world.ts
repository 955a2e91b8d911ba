import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createStatementSigner, descriptorHashOf, describePlugin, digestJson, generateSigningKey, instantAt, planDigestOf, planDraftSchema, signApproval, type CallContext, type HttpClient, type Intent, type IntentOf, type OperationCapability, type OperationHandle,
  type PlanDraftInput, type PluginInstance, type SignedApproval, type StartRequest, type StatementSigner, type TrustedKey,
} from '@winre-kit/sdk';
import { sampleEmmConfigSchema, sampleEmmPlugin } from '@winre-kit/plugin-sample-emm';
import { startSampleEmm, systemClock, type SampleEmm, type SampleEmmSettings } from '@winre-kit/plugin-sample-emm/server';
import { createFakeWinreDevice, createFetchWithTrust, createMockHost, type FakeWinreDevice, type FakeWinreDeviceSettings, type MockHost } from '@winre-kit/testkit';

export const tenantId = 'contoso';

/** A person with a signing key. */
export interface Person {
  readonly key: TrustedKey;
  readonly signer: StatementSigner;
}

export async function createPerson(principal: string, purpose: 'approve' | 'sign-scripts'): Promise<Person> {
  const signer = createStatementSigner(await generateSigningKey());
  return { signer, key: { keyId: signer.keyId, principal, purpose, publicKey: signer.publicKey } };
}

/** The admin API as a person with a token uses it. */
export type AdminCaller = (method: string, path: string, body?: unknown) => Promise<{ readonly status: number; readonly body: AdminReply }>;
/** The members of replies that tests look into; the rest is compared as a whole. */
export interface AdminReply {
  readonly token: string;
  readonly tokenId: string;
  readonly items: readonly { readonly method: string; readonly path: string; readonly status: number; readonly code: string | null; readonly permission: string | null }[];
}

export function adminCaller(fetch: HttpClient['fetch'], url: string, token: string): AdminCaller {
  return async (method, path, body) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`${url}/admin/v1${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    return { status: response.status, body: (await response.json()) as AdminReply };
  };
}

export const call: CallContext = { signal: new AbortController().signal, correlationId: 'test-1' };

/** A running sample EMM over real HTTPS with its people, and ways to add devices and plug-ins. */
export interface EmmWorld extends AsyncDisposable {
  readonly emm: SampleEmm;
  readonly folder: string;
  readonly fetch: HttpClient['fetch'];
  readonly logs: readonly string[];
  readonly admin: AdminCaller;
  readonly adminToken: string;
  readonly approver: Person;
  readonly scriptSigner: Person;
  tokenOf(tenant: string): Promise<string>;
  /** Enrols a device, with a token of the given administrator. */
  addDevice(hardwareId: string, settings?: Partial<FakeWinreDeviceSettings>, by?: AdminCaller): Promise<FakeWinreDevice>;
  /** Keeps a device polling until the world ends. */
  keepRunning(device: FakeWinreDevice): void;
  openPlugin(how?: { readonly token?: string; readonly secrets?: Record<string, string>; readonly fetch?: HttpClient['fetch']; readonly tenantId?: string }): Promise<{ readonly plugin: PluginInstance; readonly host: MockHost }>;
}

export async function startWorld(settings: Partial<SampleEmmSettings> = {}): Promise<EmmWorld> {
  const folder = settings.folder ?? (await mkdtemp(join(tmpdir(), 'sample-emm-')));
  const logs: string[] = [];
  const emm = await startSampleEmm({
    folder, port: 0, tenantIds: [tenantId, 'fabrikam'], clock: systemClock, heartbeatEveryMs: 1_000,
    logger: { log: (level, message, fields) => void logs.push(JSON.stringify({ level, message, ...fields })) },
    ...settings,
  });
  const fetch = createFetchWithTrust(emm.caCertificatePem);
  const tokenOf = (tenant: string): Promise<string> => readFile(join(folder, `administrator-token.${tenant}`), 'utf8');
  const adminToken = await tokenOf(tenantId);
  const admin = adminCaller(fetch, emm.url, adminToken);
  const approver = await createPerson('approver@contoso.example', 'approve');
  const scriptSigner = await createPerson('signer@contoso.example', 'sign-scripts');
  await admin('PUT', '/trust', { trustedKeys: [approver.key, scriptSigner.key], consent: { categories: ['agent-log', 'diagnostics'] } });
  const stop = new AbortController();
  const running: Promise<void>[] = [];
  return {
    emm, folder, fetch, logs, admin, adminToken, approver, scriptSigner, tokenOf,
    async addDevice(hardwareId, deviceSettings = {}, by = admin) {
      const device = createFakeWinreDevice({ fetch: (request) => fetch(request.url, toInit(request)), gatewayUrl: emm.url, clock: systemClock, hardwareId, serialNumber: `SN-${hardwareId}`, ...deviceSettings });
      const { body } = await by('POST', '/enrolment-tokens', {});
      await device.enrol(body.token);
      return device;
    },
    keepRunning: (device) => void running.push(device.run({ signal: stop.signal }).catch(() => undefined)),
    async openPlugin(how = {}) {
      const host = createMockHost({ secrets: { 'emm-token': how.token ?? adminToken, ...how.secrets }, fetch: how.fetch ?? fetch, overrides: { clock: systemClock } });
      const config = sampleEmmConfigSchema.parse({ baseUrl: emm.url, token: { secret: 'emm-token' }, tenantId: how.tenantId ?? tenantId, networkKeys: [{ secret: 'site-wifi' }] });
      return { host, plugin: await sampleEmmPlugin.open(config, host.services) };
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await emm.close();
      await Promise.all(running);
      if (settings.folder === undefined) await rm(folder, { recursive: true });
    },
  };
}

function toInit(request: Request): RequestInit {
  return { method: request.method, headers: request.headers, body: request.body, signal: request.signal };
}

/** The device of a binding, as operations name it. */
export function bindingOf(device: FakeWinreDevice): { readonly id: string; readonly enrolmentEpoch: string } {
  if (!device.enrolment) throw new TypeError('enrol the device first');
  return { id: device.enrolment.deviceId, enrolmentEpoch: device.enrolment.enrolmentEpoch };
}

/** What a host makes of a plan: the binding, its digest, and a start request, approved by the given people. */
export async function startRequestOf<Capability extends OperationCapability>(
  intent: IntentOf<Capability>, plan: PlanDraftInput, operationKey: string, approvers: readonly Person[] = [],
): Promise<StartRequest<Capability>> {
  const config = sampleEmmConfigSchema.parse({ baseUrl: 'https://emm.example', token: { secret: 'emm-token' }, tenantId });
  const binding = {
    kind: 'winre-plan/v1' as const, pluginId: sampleEmmPlugin.id, intent: intent as Intent, requests: planDraftSchema.parse(plan).requests, secretDigests: {},
    descriptorHash: await descriptorHashOf(describePlugin(sampleEmmPlugin, config)), lossDigest: plan.loss?.digest ?? null,
  };
  const planDigest = await planDigestOf(binding);
  const nowMs = Date.now();
  const approvals: SignedApproval[] = await Promise.all(approvers.map(({ signer }) => signApproval({
    kind: 'winre-approval/v1', decision: 'approve', planDigest, operationKey, tenantId: intent.tenantId, deviceId: intent.device.id, enrolmentEpoch: intent.device.enrolmentEpoch,
    requestedBy: 'operator@contoso.example', approveBy: instantAt(nowMs + 600_000), executeBy: instantAt(nowMs + 600_000), decidedAt: instantAt(nowMs), reason: '',
  }, signer)));
  return { intent, operationKey, planDigest, binding, approvals, ttlMs: 600_000 };
}

export async function handleOf(request: { readonly intent: Intent; readonly operationKey: string; readonly ttlMs: number }, vendorRef?: string): Promise<OperationHandle> {
  const { intent, operationKey, ttlMs } = request;
  return {
    operationId: `op-${operationKey}`, operationKey, plugin: sampleEmmPlugin.id, ...(vendorRef === undefined ? {} : { vendorRef }), device: intent.device, capability: intent.capability,
    payloadDigest: await digestJson(intent), createdAt: instantAt(Date.now()), ttlMs,
  };
}

export async function collect<Item>(items: AsyncIterable<Item> | Iterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
