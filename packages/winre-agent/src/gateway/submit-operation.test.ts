import { instantAt, SecretValue, signApproval, type Intent } from '@winre-kit/sdk';
import { describe, expect, it } from 'vitest';
import { createPerson, openBench, planOperation, tenantId, type GatewayBench } from '../../test/gateway-bench.ts';
import { enrol, openChannel, poll, send, type TestChannel, type TestDevice } from '../../test/test-device.ts';
import { commandSecretContext, escrowContext, openSealed, protocolLimits, protocolRoutes, recoveryKeySecret, sealSecret, type OperationCommand } from '../protocol/index.ts';
import { createGateway } from './create-gateway.ts';
import { createMemoryGatewayStore } from './memory-gateway-store.ts';

const targetOf = (device: TestDevice) => ({ tenantId, device: { id: device.enrolment.deviceId, enrolmentEpoch: device.enrolment.enrolmentEpoch } });
const restoreOf = (device: TestDevice): Intent => ({ capability: 'winre.restore.trigger', ...targetOf(device), restorePointId: 'p', safetySnapshot: true });
const wifiOf = (device: TestDevice): Intent => ({ capability: 'winre.network.configure', ...targetOf(device), confirmDisconnect: true, rollBackAfterMs: 60_000, profile: { kind: 'wifi-wpa2-psk', ssid: 'x', key: { secret: 'wifi-key' }, hidden: false } });

function operationIn(commands: readonly { readonly kind: string }[]): OperationCommand {
  const [command] = commands;
  if (command?.kind !== 'operation') throw new TypeError('expected an operation');
  return command as OperationCommand;
}

async function openSecret(command: OperationCommand, channel: TestChannel, name: string): Promise<string> {
  const { deviceId, enrolmentEpoch } = channel.device.enrolment;
  const sealed = command.sealedSecrets[name];
  if (!sealed) throw new TypeError(`no secret ${name}`);
  return (await openSealed(sealed, channel.sealing, commandSecretContext({ operationKey: command.operationKey, deviceId, enrolmentEpoch, name }))).reveal();
}

async function escrowKey(bench: GatewayBench, channel: TestChannel, secret: string): Promise<void> {
  const { escrowKey: key } = channel.hello;
  const { deviceId } = channel.device.enrolment;
  const upload = { volumeId: 'C:', keyId: 'k1' };
  const sealedRecoveryKey = await sealSecret(new SecretValue(secret), key?.publicKey ?? '', escrowContext({ deviceId, ...upload }));
  await send(bench, channel, protocolRoutes.escrow, { ...upload, escrowKeyId: key?.keyId, sealedRecoveryKey });
}

describe('an operation', () => {
  it('is taken once per key and plan', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const plan = await planOperation(bench, 'o', restoreOf(device));
    const first = await bench.gateway().submitOperation(plan);
    expect(first).toMatchObject({ state: 'accepted', rawState: 'queued', acceptedAt: first.observedAt });
    expect(await bench.gateway().submitOperation(plan)).toEqual(first);
    const other = await planOperation(bench, 'o', { ...restoreOf(device), restorePointId: 'q' } as Intent);
    await expect(bench.gateway().submitOperation(other)).rejects.toMatchObject({ code: 'already-exists' });
    expect(await bench.gateway().listOperations({ deviceId: device.enrolment.deviceId })).toHaveLength(1);
  });

  it('that is destructive needs the signature of an approver over exactly this', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const plan = await planOperation(bench, 'o', restoreOf(device));
    const [approval] = plan.approvals;
    if (!approval) throw new TypeError('expected an approval');
    const eve = await createPerson('eve', 'approve');
    const start = (change: object) => bench.gateway().submitOperation({ ...plan, ...change });
    await expect(start({ approvals: [] })).rejects.toMatchObject({ code: 'approval-required' });
    await expect(start({ approvals: [await signApproval(approval.statement, eve.signer)] })).rejects.toMatchObject({ code: 'untrusted-payload' });
    await expect(start({ approvals: [await signApproval({ ...approval.statement, requestedBy: 'ada' }, bench.approver.signer)] })).rejects.toMatchObject({ code: 'approval-rejected' });
    await expect(start({ approvals: [await signApproval({ ...approval.statement, decision: 'reject' }, bench.approver.signer)] })).rejects.toMatchObject({ code: 'approval-rejected' });
    await expect(start({ approvals: [await signApproval({ ...approval.statement, executeBy: instantAt(bench.clock.now()) }, bench.approver.signer)] })).rejects.toMatchObject({ code: 'approval-expired' });
    await expect(start({ operationKey: 'p' })).rejects.toMatchObject({ code: 'untrusted-payload', fieldPath: 'operationKey' });
    await expect(start({ planDigest: '1'.repeat(64) })).rejects.toMatchObject({ code: 'plan-stale' });
    await expect(start({ binding: { ...plan.binding, pluginId: 'other' } })).rejects.toMatchObject({ code: 'plan-stale' });
    await bench.gateway().revoke(tenantId, { keyIds: [bench.approver.key.keyId] });
    await expect(start({})).rejects.toMatchObject({ code: 'untrusted-payload', facts: { reason: 'revoked' } });
    expect(await bench.gateway().listOperations({})).toEqual([]);
  });

  it('does not leave when its approver was revoked while it waited', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    await bench.gateway().submitOperation(await planOperation(bench, 'o', restoreOf(device)));
    await bench.gateway().revoke(tenantId, { keyIds: [bench.approver.key.keyId] });
    expect((await poll(bench, await openChannel(bench, device))).commands).toEqual([]);
    await expect(bench.gateway().readOperation(tenantId, 'o')).resolves.toMatchObject({ report: { state: 'failed', deviceCode: 'untrusted-payload' } });
  });

  it('is not taken for a device that is unknown, another tenant’s, revoked or enrolled anew', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const start = async (change: object) => bench.gateway().submitOperation(await planOperation(bench, 'o', { ...restoreOf(device), ...change }));
    const { id, enrolmentEpoch } = targetOf(device).device;
    await expect(start({ device: { id: 'ghost', enrolmentEpoch } })).rejects.toMatchObject({ code: 'not-found' });
    await expect(start({ tenantId: 'other' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(start({ device: { id, enrolmentEpoch: 'old' } })).rejects.toMatchObject({ code: 'enrolment-changed' });
    await bench.gateway().revoke(tenantId, { deviceIds: [id] });
    await expect(start({})).rejects.toMatchObject({ code: 'unauthenticated', facts: { reason: 'revoked' } });
  });

  it('keeps its secrets sealed, at rest for the escrow key and on the way for the channel', async () => {
    const store = createMemoryGatewayStore();
    const bench = await openBench({ store });
    const device = await enrol(bench);
    await bench.gateway().submitOperation({ ...(await planOperation(bench, 'o', wifiOf(device))), secrets: { 'wifi-key': new SecretValue('canary-psk') } });
    await bench.restart();
    const channel = await openChannel(bench, device);
    const command = operationIn((await poll(bench, channel)).commands);
    expect(await openSecret(command, channel, 'wifi-key')).toBe('canary-psk');
    expect(JSON.stringify([await store.list('operations'), command, bench.logged])).not.toContain('canary');
    const other = await openChannel(bench, device);
    await expect(openSecret(command, { ...other, device }, 'wifi-key')).rejects.toMatchObject({ facts: { reason: 'not-openable' } });
  });

  it('with secrets needs an escrow key', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const { escrow: _, ...withoutEscrow } = bench.config;
    await using gateway = await createGateway(withoutEscrow);
    const plan = await planOperation(bench, 'o', wifiOf(device));
    await expect(gateway.submitOperation({ ...plan, secrets: { 'wifi-key': new SecretValue('psk') } })).rejects.toMatchObject({ code: 'failed-precondition' });
  });

  it('that never arrived is sent again by the gateway when it is harmless, and only by its caller when it is destructive', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const [restore, enter] = [await planOperation(bench, 'restore', restoreOf(device)), await planOperation(bench, 'enter', { capability: 'winre.session.enter', ...targetOf(device) })];
    await bench.gateway().submitOperation(restore);
    await bench.gateway().submitOperation(enter);
    const lost = await openChannel(bench, device);
    expect((await poll(bench, lost)).commands).toHaveLength(2);
    Object.assign(device, { lastCommandSequence: 0, openOperations: [] });
    const channel = await openChannel(bench, device);
    expect((await poll(bench, channel)).commands).toMatchObject([{ operationKey: 'enter', sequence: 3 }]);
    await expect(bench.gateway().reconcileOperation(tenantId, 'restore')).resolves.toMatchObject({ finding: 'absent' });
    await expect(bench.gateway().readOperation(tenantId, 'restore')).resolves.toMatchObject({ report: { state: 'unknown', rawState: 'not-received' } });
    await bench.gateway().submitOperation(restore);
    expect((await poll(bench, channel)).commands).toMatchObject([{ operationKey: 'restore', sequence: 4 }]);
    await expect(bench.gateway().reconcileOperation(tenantId, 'restore')).resolves.toMatchObject({ finding: 'found' });
  });

  it('whose time has passed is never delivered', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    await bench.gateway().submitOperation({ ...(await planOperation(bench, 'o', restoreOf(device))), ttlMs: 10_000 });
    await bench.gateway().submitOperation({ ...(await planOperation(bench, 'p', restoreOf(device))), ttlMs: 10_000 });
    const channel = await openChannel(bench, device);
    bench.clock.jump(10_000);
    expect((await poll(bench, channel)).commands).toEqual([]);
    await expect(bench.gateway().readOperation(tenantId, 'o')).resolves.toMatchObject({ delivery: 'closed', report: { state: 'expired' } });
  });

  it('expires also when the device never comes', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    await bench.gateway().submitOperation({ ...(await planOperation(bench, 'o', restoreOf(device))), ttlMs: 20_000 });
    await bench.clock.advance(60_000);
    await expect(bench.gateway().readOperation(tenantId, 'o')).resolves.toMatchObject({ report: { state: 'expired' } });
    expect(await bench.gateway().cancelOperation(tenantId, 'o')).toBe('too-late');
  });

  it('is cancelled before it leaves, and not after', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    await bench.gateway().submitOperation(await planOperation(bench, 'a', restoreOf(device)));
    await bench.gateway().submitOperation(await planOperation(bench, 'b', restoreOf(device)));
    expect(await bench.gateway().cancelOperation(tenantId, 'a')).toBe('accepted');
    expect(await bench.gateway().cancelOperation(tenantId, 'a')).toBe('accepted');
    expect((await poll(bench, await openChannel(bench, device))).commands).toMatchObject([{ operationKey: 'b' }]);
    expect(await bench.gateway().cancelOperation(tenantId, 'b')).toBe('too-late');
    await expect(bench.gateway().cancelOperation(tenantId, 'c')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is watched until it ends', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    await bench.gateway().submitOperation(await planOperation(bench, 'o', restoreOf(device)));
    const seen: string[] = [];
    const watching = (async () => {
      for await (const { state, rawState } of bench.gateway().watchOperation(tenantId, 'o', { signal: new AbortController().signal })) seen.push(`${state} ${rawState}`);
    })();
    const channel = await openChannel(bench, device);
    await poll(bench, channel);
    await poll(bench, channel);
    const report = (reportSequence: number, state: string) => ({ operationKey: 'o', reportSequence, report: { state, rawState: 'mine', observedAt: '2026-11-22T03:00:00.000Z' } });
    await send(bench, channel, protocolRoutes.report, { reports: [report(1, 'running')] });
    await send(bench, channel, protocolRoutes.report, { reports: [report(2, 'verifying'), report(3, 'succeeded')] });
    await watching;
    expect(seen[0]).toBe('accepted queued');
    expect(seen.at(-1)).toBe('succeeded mine');
    expect(seen).toContain('delivered received');
  });
});

describe('a released recovery key', () => {
  const releaseOf = (device: TestDevice, sessionId: string): Intent => ({ capability: 'winre.keys.release', ...targetOf(device), sessionId, volumeId: 'C:' });

  it('goes from the escrow to the approved session, and is nowhere to be read', async () => {
    const store = createMemoryGatewayStore();
    const bench = await openBench({ store });
    const device = await enrol(bench);
    const channel = await openChannel(bench, device);
    await escrowKey(bench, channel, 'canary-recovery-key');
    await bench.gateway().submitOperation(await planOperation(bench, 'o', releaseOf(device, channel.hello.sessionId ?? '')));
    const command = operationIn((await poll(bench, channel)).commands);
    expect(await openSecret(command, channel, recoveryKeySecret)).toBe('canary-recovery-key');
    expect(JSON.stringify([command, await store.list('escrow'), await store.list('operations'), bench.logged])).not.toContain('canary');
    expect(await bench.gateway().listEscrow(device.enrolment.deviceId)).toMatchObject([{ volumeId: 'C:', keyId: 'k1' }]);
  });

  it('stays in the escrow when a device sends another one, as often as the limit lets it', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const channel = await openChannel(bench, device, { mode: 'recovery' });
    for (let count = 0; count < protocolLimits.maxEscrowedKeys; count += 1) await escrowKey(bench, channel, `key-${count}`);
    await expect(escrowKey(bench, channel, 'one too many')).rejects.toMatchObject({ code: 'resource-exhausted' });
    const [record] = await bench.gateway().listEscrow(device.enrolment.deviceId);
    expect(record?.former).toHaveLength(protocolLimits.maxEscrowedKeys - 1);
    const oldest = record?.former?.[0];
    if (!record || !oldest) throw new RangeError('nothing is kept');
    const first = await bench.config.escrow?.open(oldest.sealedRecoveryKey, escrowContext({ deviceId: device.enrolment.deviceId, volumeId: record.volumeId, keyId: oldest.keyId }));
    expect(first?.reveal()).toBe('key-0');
  });

  it('needs approval, an escrowed key, and the session that is open now', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const channel = await openChannel(bench, device);
    const plan = await planOperation(bench, 'o', releaseOf(device, channel.hello.sessionId ?? ''));
    await expect(bench.gateway().submitOperation(plan)).rejects.toMatchObject({ code: 'failed-precondition' });
    await escrowKey(bench, channel, 'k');
    await expect(bench.gateway().submitOperation({ ...plan, approvals: [] })).rejects.toMatchObject({ code: 'approval-required' });
    await expect(bench.gateway().submitOperation(await planOperation(bench, 'p', releaseOf(device, 'another')))).rejects.toMatchObject({ code: 'session-lost' });
  });

  it('does not follow a device into another session', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const channel = await openChannel(bench, device);
    await escrowKey(bench, channel, 'k');
    await bench.gateway().submitOperation(await planOperation(bench, 'o', releaseOf(device, channel.hello.sessionId ?? '')));
    device.bootId = device.statement.timeNonce;
    expect((await poll(bench, await openChannel(bench, device))).commands).toEqual([]);
    await expect(bench.gateway().readOperation(tenantId, 'o')).resolves.toMatchObject({ report: { state: 'failed', deviceCode: 'session-lost' } });
  });
});

describe('artifacts', () => {
  it('are kept in consented categories, and read back while the consent stands', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const channel = await openChannel(bench, device);
    const bytes = Uint8Array.of(1, 2, 3);
    const { artifactId } = (await send(bench, channel, `${protocolRoutes.artifact}?category=diagnostics&name=a.zip`, bytes)) as { artifactId: string };
    expect(await bench.gateway().listArtifacts(device.enrolment.deviceId)).toMatchObject([{ artifactId, name: 'a.zip', bytes: 3, sha256: '039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81' }]);
    const read = async (): Promise<number[]> => {
      const parts: number[] = [];
      for await (const part of bench.gateway().readArtifact(artifactId)) parts.push(...part);
      return parts;
    };
    expect(await read()).toEqual([1, 2, 3]);
    await bench.gateway().putTenant({ tenantId, trustedKeys: [bench.gatewayKey.key], caCertificatesPem: [], consent: { categories: [] } });
    await expect(read()).rejects.toMatchObject({ code: 'permission-denied' });
    await expect(send(bench, channel, `${protocolRoutes.artifact}?category=diagnostics&name=b.zip`, bytes)).rejects.toMatchObject({ code: 'permission-denied', facts: { category: 'diagnostics' } });
    expect(await bench.gateway().listArtifacts(device.enrolment.deviceId)).toHaveLength(1);
  });

  it('are limited per device', async () => {
    const bench = await openBench({ artifactBytesPerDevice: 10_000 });
    const device = await enrol(bench);
    const channel = await openChannel(bench, device);
    const store = (bytes: number): Promise<unknown> => send(bench, channel, `${protocolRoutes.artifact}?category=diagnostics&name=a.zip`, new Uint8Array(bytes));
    await store(6_000);
    await expect(store(4_001)).rejects.toMatchObject({ code: 'resource-exhausted' });
    await store(1);
    // Small ones count for more than their bytes, or a million of them would be free.
    await expect(store(1)).rejects.toMatchObject({ code: 'resource-exhausted' });
    const other = await enrol(bench, { hardwareId: 'other' });
    await expect(send(bench, await openChannel(bench, other), `${protocolRoutes.artifact}?category=diagnostics&name=a.zip`, new Uint8Array(6_000))).resolves.toHaveProperty('artifactId');
  });
});
