import { createStatementSigner, generateSigningKey, instantAt, planDigestOf, signApproval, type PlanBinding, type TrustedKey } from '@winre-kit/sdk';
import { createGateway, createMemoryGatewayStore, type Gateway } from '@winre-kit/winre-agent/gateway';
import { createFakeWinreDevice, createManualClock, createMockHost, createSeededRandomBytes, type DeviceBehaviour, type FakeWinreDevice } from '@winre-kit/testkit';
import { beforeEach, expect, test } from 'vitest';

// The fake device against the real gateway: what the one says, the other understands.
const clock = createManualClock();
let gateway: Gateway;
let device: FakeWinreDevice;
let behaviour: DeviceBehaviour;
let submit: (operationKey: string) => Promise<unknown>;

beforeEach(async () => {
  const [gatewayPair, approverPair] = [await generateSigningKey(), await generateSigningKey()];
  const keyOf = ({ keyId, publicKey }: TrustedKey | typeof gatewayPair, principal: string, purpose: TrustedKey['purpose']): TrustedKey => ({ keyId, publicKey, principal, purpose });
  gateway = await createGateway({ store: createMemoryGatewayStore(), signer: createStatementSigner(gatewayPair), clock, randomBytes: createSeededRandomBytes('gateway'), logger: createMockHost().services.logger });
  await gateway.putTenant({ tenantId: 'tenant-1', trustedKeys: [keyOf(gatewayPair, 'gateway', 'gateway'), keyOf(approverPair, 'alice', 'approve')], caCertificatesPem: [], consent: { categories: ['agent-log'] } });
  behaviour = { kind: 'succeed' };
  device = createFakeWinreDevice({ fetch: (request) => gateway.fetch(request), gatewayUrl: 'https://gateway.example', clock, hardwareId: 'hardware-1', behave: () => behaviour });
  const token = await gateway.issueEnrolmentToken({ tenantId: 'tenant-1', ttlMs: 60_000 });
  const { deviceId, enrolmentEpoch } = await device.enrol(token.reveal());
  await device.hello();
  submit = async (operationKey) => {
    const binding: PlanBinding = { kind: 'winre-plan/v1', pluginId: 'example', intent: { capability: 'winre.restore.trigger', tenantId: 'tenant-1', device: { id: deviceId, enrolmentEpoch }, restorePointId: 'p', safetySnapshot: true }, requests: [], secretDigests: {}, descriptorHash: '0'.repeat(64), lossDigest: null };
    const planDigest = await planDigestOf(binding);
    const approval = await signApproval({ kind: 'winre-approval/v1', decision: 'approve', planDigest, operationKey, tenantId: 'tenant-1', deviceId, enrolmentEpoch, requestedBy: 'bob', approveBy: instantAt(clock.now() + 60_000), executeBy: instantAt(clock.now() + 60_000), decidedAt: instantAt(clock.now()), reason: '' }, createStatementSigner(approverPair));
    return gateway.submitOperation({ operationKey, planDigest, binding, approvals: [approval], ttlMs: 60_000 });
  };
});

test('an operation goes out, is done once, and comes back succeeded', async () => {
  await submit('key-1');
  await device.poll();
  expect((await gateway.readOperation('tenant-1', 'key-1')).report).toMatchObject({ state: 'succeeded', percent: 100 });
  await submit('key-1');
  await device.poll();
  expect([device.effectsOf('key-1'), device.sessionId]).toEqual([1, expect.any(String)]);
});

test('a refusal and a failure arrive as such', async () => {
  behaviour = { kind: 'refuse', code: 'plan-stale' };
  await submit('key-1');
  await device.poll();
  behaviour = { kind: 'fail', exitCode: 9 };
  await submit('key-2');
  await device.poll();
  expect((await gateway.readOperation('tenant-1', 'key-1')).report).toMatchObject({ state: 'failed', deviceCode: 'plan-stale' });
  expect((await gateway.readOperation('tenant-1', 'key-2')).report).toMatchObject({ state: 'failed', exitCode: 9 });
  expect([device.effectsOf('key-1'), device.effectsOf('key-2')]).toEqual([0, 1]);
});

test('a crash before the ledger is told apart from lost state', async () => {
  behaviour = { kind: 'crash', when: 'before-ledger' };
  await submit('key-1');
  await device.poll();
  await device.hello();
  expect((await gateway.reconcileOperation('tenant-1', 'key-1')).finding).toBe('absent');
  behaviour = { kind: 'lose-state' };
  await submit('key-2');
  await device.poll();
  await device.hello();
  expect((await gateway.reconcileOperation('tenant-1', 'key-2')).finding).toBe('cannot-tell');
  expect([device.effectsOf('key-1'), device.effectsOf('key-2')]).toEqual([0, 1]);
});

test('queries, logs and the end of a session', async () => {
  const { deviceId = '' } = device.enrolment ?? {};
  const asking = gateway.query(deviceId, { kind: 'restore-points' }, { signal: new AbortController().signal });
  await device.poll();
  expect((await asking).restorePoints).toHaveLength(1);
  expect((await device.sendLog('line')).refusedCategories).toEqual([]);
  await device.end('booted');
  const open: string[] = [];
  for await (const { sessionId } of gateway.sessions.list({ signal: new AbortController().signal, correlationId: 'c' })) open.push(sessionId);
  expect(open).toEqual([]);
});
