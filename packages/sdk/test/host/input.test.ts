import { instantAt, signScript, type RecoveryScript } from '@winre-kit/sdk';
import { createHost } from '@winre-kit/sdk/host';
import { describe, expect, test } from 'vitest';
import { device, enterIntent, people, restoreIntent, setUpHost } from './host-setup.ts';

const script = async (more: { tenantId?: string; issuedAtMs?: number; expiresAtMs?: number; by?: typeof people.scripts } = {}): Promise<RecoveryScript> => {
  const startMs = Date.UTC(2026, 10, 22, 2);
  const terms = { tenantId: more.tenantId ?? 'tenant-1', issuedAt: instantAt(more.issuedAtMs ?? startMs), expiresAt: instantAt(more.expiresAtMs ?? startMs + 86_400_000) };
  return signScript({ content: 'echo hello', manifest: { name: 'hello', interpreter: 'sh', successExitCodes: [0], timeoutMs: 1_000, maxOutputBytes: 1_000 } }, terms, (more.by ?? people.scripts).signer);
};
const push = (content: RecoveryScript): unknown => ({ capability: 'winre.script.push', tenantId: 'tenant-1', device, script: content });

describe('plan refuses, with its code and nothing sent:', () => {
  const cases: readonly [string, () => Promise<unknown>, object][] = [
    ['a field that is missing', async () => ({ ...enterIntent, tenantId: undefined }), { code: 'invalid-argument', fieldPath: 'tenantId' }],
    ['a field that does not exist', async () => ({ ...restoreIntent, force: true }), { code: 'invalid-argument' }],
    ['an unknown capability', async () => ({ ...enterIntent, capability: 'winre.explode' }), { code: 'invalid-argument', fieldPath: 'capability' }],
    ['an unknown device', async () => ({ ...enterIntent, device: { id: 'device-9', enrolmentEpoch: 'epoch-1' } }), { code: 'not-found' }],
    ['another tenant', async () => ({ ...enterIntent, tenantId: 'tenant-2' }), { code: 'not-found' }],
    ['another enrolment', async () => ({ ...enterIntent, device: { id: 'device-1', enrolmentEpoch: 'epoch-0' } }), { code: 'enrolment-changed', fieldPath: 'device.enrolmentEpoch' }],
    ['an altered script', async () => push({ ...(await script()), content: 'format c:' }), { code: 'untrusted-payload', facts: { reason: 'altered' } }],
    ['an expired script', async () => push(await script({ expiresAtMs: Date.UTC(2026, 10, 22, 2, 30) })), { code: 'untrusted-payload', facts: { reason: 'expired' } }],
    ['a script for another tenant', async () => push(await script({ tenantId: 'tenant-2' })), { code: 'untrusted-payload', facts: { reason: 'other-tenant' } }],
    ['a script by an unknown signer', async () => push(await script({ by: people.stranger })), { code: 'untrusted-payload', facts: { reason: 'unknown-key' } }],
    ['a script signed by an approver', async () => push(await script({ by: people.ada })), { code: 'untrusted-payload', facts: { reason: 'unknown-key' } }],
    ['a network kind that the plug-in does not claim', async () => ({ capability: 'winre.network.configure', tenantId: 'tenant-1', device, profile: { kind: 'proxy', url: 'http://proxy.example' } }), { code: 'unsupported', message: expect.stringContaining('network kind proxy is not among') as string }],
    ['a secret that the plug-in may not have', async () => ({ capability: 'winre.network.configure', tenantId: 'tenant-1', device, profile: { kind: 'wifi-wpa2-psk', ssid: 'office', key: { secret: 'other' } } }), { code: 'permission-denied', facts: { secret: 'other' } }],
  ];
  test.each(cases)('%s', async (_name, intent, expected) => {
    const { host, vendor } = await setUpHost();
    await expect(host.plan('fake-plugin', await intent())).rejects.toMatchObject(expected);
    expect(vendor.startsReceived).toHaveLength(0);
  });
});

test('a revoked script signer is refused', async () => {
  const { host } = await setUpHost({ revokedKeyIds: [people.scripts.key.keyId] });
  await expect(host.plan('fake-plugin', push(await script()))).rejects.toMatchObject({ code: 'untrusted-payload', facts: { reason: 'revoked' } });
});

test('a signed script is planned and sent; the audit has its digest and not its content', async () => {
  const { host, vendor, approved, audit } = await setUpHost();
  await approved('key-1', push(await script()));
  await host.start('key-1');
  expect(vendor.startsReceived).toHaveLength(1);
  const text = JSON.stringify(await audit.exportAudit());
  expect(text).toContain((await script()).manifest.sha256);
  expect(text).not.toContain('echo hello');
});

test('unknown plug-ins, operations and malformed requests are named', async () => {
  const { host, submitRequest } = await setUpHost();
  await expect(host.plan('other-plugin', enterIntent)).rejects.toMatchObject({ code: 'not-found' });
  expect(() => host.plugin('other-plugin')).toThrow(expect.objectContaining({ code: 'not-found' }) as Error);
  await expect(host.start('no-such-key')).rejects.toMatchObject({ code: 'not-found' });
  const plan = await host.plan('fake-plugin', enterIntent);
  await expect(host.submit(plan, { ...submitRequest('key-1'), ttlMs: -1 })).rejects.toMatchObject({ code: 'invalid-argument', fieldPath: 'ttlMs' });
  await expect(host.submit(plan, submitRequest('key-1', { executeBy: '2020-01-01T00:00:00.000Z' }))).rejects.toMatchObject({ code: 'invalid-argument', fieldPath: 'executeBy' });
  await expect(host.submit(plan, submitRequest('key-1', { approveBy: '2020-01-01T00:00:00.000Z', executeBy: '2020-01-01T00:00:00.000Z' }))).rejects.toMatchObject({ code: 'invalid-argument', fieldPath: 'executeBy' });
  await expect(host.cancel('key-1', '', '')).rejects.toMatchObject({ code: 'invalid-argument' });
});

test('operations are found by their id too', async () => {
  const { host, submitted } = await setUpHost();
  const { handle } = await submitted();
  expect((await host.operations.get(handle.operationId)).handle).toEqual(handle);
  expect(await host.operations.list({ deviceId: 'device-1' })).toHaveLength(1);
  expect(await host.operations.list({ deviceId: 'device-2' })).toHaveLength(0);
});

test('createHost refuses a short digest key', () => {
  expect(() => createHost({ approvers: [], signers: [], digestKey: new Uint8Array(3) } as never)).toThrow(expect.objectContaining({ code: 'invalid-argument', fieldPath: 'digestKey' }) as Error);
});
