import { describe, expect, it } from 'vitest';
import { createPerson, openBench, planOperation, tenantId, type GatewayBench, type PlannedOperation } from '../../test/gateway-bench.ts';
import { enrol, newSigner, openChannel, poll, send, type TestDevice } from '../../test/test-device.ts';
import type { OperationRecord } from './gateway-records.ts';
import { createMemoryGatewayStore } from './memory-gateway-store.ts';
import { commandSecretContext, continuityTokenSecret, openSealed, protocolRoutes, verifyTime } from '../protocol/index.ts';

const targetOf = (device: TestDevice) => ({ tenantId, device: { id: device.enrolment.deviceId, enrolmentEpoch: device.enrolment.enrolmentEpoch } });
const offering = { id: 'golden', release: '25H2', language: 'en-GB', edition: 'Pro', mediaSource: { kind: 'repository' as const, location: '/media' } };
const planRebuild = (bench: GatewayBench, device: TestDevice) =>
  planOperation(bench, 'rebuild-1', { capability: 'winre.rebuild.trigger', ...targetOf(device), offeringId: 'golden', attestations: [] }, [{ method: 'POST', url: '/o', body: { offering } }]);

/** Starts a rebuild and hands over the continuity token as the device got it. */
async function startRebuild(bench: GatewayBench, device: TestDevice): Promise<string> {
  await bench.gateway().submitOperation(await planRebuild(bench, device));
  const channel = await openChannel(bench, device);
  const { commands } = await poll(bench, channel);
  const [command] = commands;
  const sealed = command?.kind === 'operation' ? command.sealedSecrets[continuityTokenSecret] : undefined;
  if (!sealed) throw new TypeError('the rebuild carries no continuity token');
  const { deviceId, enrolmentEpoch } = device.enrolment;
  return (await openSealed(sealed, channel.sealing, commandSecretContext({ operationKey: 'rebuild-1', deviceId, enrolmentEpoch, name: continuityTokenSecret }))).reveal();
}

function operationFor({ operationKey, planDigest, binding, approvals }: PlannedOperation): OperationRecord {
  const { device } = binding.intent;
  return {
    revision: 1, tenantId, operationKey, operationId: 'id', deviceId: device.id, enrolmentEpoch: device.enrolmentEpoch, effect: 'write', planDigest, binding, approvals, deliverBy: '2027-01-01T00:00:00.000Z', secrets: {},
    submittedAt: '2026-11-22T03:00:00.000Z', delivery: 'queued', report: { vendorRef: 'id', state: 'accepted', rawState: 'queued', observedAt: '2026-11-22T03:00:00.000Z', notices: [] }, reportSequence: 0,
  };
}

describe('enrolment', () => {
  it('gives a device its identity, whom to trust, and the time', async () => {
    const bench = await openBench();
    const { enrolment, statement } = await enrol(bench);
    expect(enrolment).toMatchObject({ tenantId, trustSequence: 0, trustedKeys: [bench.gatewayKey.key, bench.approver.key] });
    await expect(verifyTime(enrolment.time, { nonce: statement.timeNonce, trustedKeys: enrolment.trustedKeys, revokedKeyIds: new Set() })).resolves.toBe(bench.clock.now());
    await expect(bench.gateway().readDevice(enrolment.deviceId)).resolves.toMatchObject({ hardwareId: 'hardware-1', enrolmentEpoch: enrolment.enrolmentEpoch });
  });

  it('uses a token up, but answers the same key again when its answer was lost', async () => {
    const bench = await openBench();
    const token = (await bench.gateway().issueEnrolmentToken({ tenantId, ttlMs: 60_000 })).reveal();
    const signer = await newSigner();
    const first = await enrol(bench, { token, signer });
    await bench.restart();
    const again = await enrol(bench, { token, signer });
    expect(again.enrolment).toMatchObject({ deviceId: first.enrolment.deviceId, enrolmentEpoch: first.enrolment.enrolmentEpoch });
    await expect(enrol(bench, { token })).rejects.toMatchObject({ code: 'unauthenticated', facts: { reason: 'used-token' } });
    expect(await bench.gateway().listDevices()).toHaveLength(1);
    await enrol(bench);
    await expect(enrol(bench, { token, signer })).rejects.toMatchObject({ code: 'enrolment-changed' });
  });

  it('lets exactly one of two devices with the same token in', async () => {
    const bench = await openBench();
    const token = (await bench.gateway().issueEnrolmentToken({ tenantId, ttlMs: 60_000 })).reveal();
    const both = await Promise.allSettled([enrol(bench, { token, hardwareId: 'a' }), enrol(bench, { token, hardwareId: 'b' })]);
    expect(both.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    expect(await bench.gateway().listDevices()).toHaveLength(1);
  });

  it('refuses tokens that are unknown, expired, for other hardware, or of the other kind', async () => {
    const bench = await openBench();
    const reason = (expected: string): object => ({ code: 'unauthenticated', facts: { reason: expected } });
    await expect(enrol(bench, { token: 'never-issued-token' })).rejects.toMatchObject(reason('unknown-token'));
    const bound = (await bench.gateway().issueEnrolmentToken({ tenantId, ttlMs: 60_000, hardwareId: 'a' })).reveal();
    await expect(enrol(bench, { token: bound, hardwareId: 'b' })).rejects.toMatchObject(reason('other-hardware'));
    await expect(enrol(bench, { token: bound, hardwareId: 'a', tokenKind: 'continuity' })).rejects.toMatchObject(reason('unknown-token'));
    await bench.clock.advance(60_000);
    await expect(enrol(bench, { token: bound, hardwareId: 'a' })).rejects.toMatchObject(reason('expired-token'));
    await expect(bench.gateway().issueEnrolmentToken({ tenantId: 'nobody', ttlMs: 1 })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('of known hardware keeps the device, makes a new epoch, and ends what was open', async () => {
    const bench = await openBench();
    const before = await enrol(bench);
    const plan = await planOperation(bench, 'old-wipe', { capability: 'winre.restore.trigger', ...targetOf(before), restorePointId: 'p', safetySnapshot: true });
    await bench.gateway().submitOperation(plan);
    const channel = await openChannel(bench, before);
    const after = await enrol(bench);
    expect(after.enrolment.deviceId).toBe(before.enrolment.deviceId);
    expect(after.enrolment.enrolmentEpoch).not.toBe(before.enrolment.enrolmentEpoch);
    await expect(bench.gateway().readOperation(tenantId, 'old-wipe')).resolves.toMatchObject({ delivery: 'closed', report: { state: 'failed', deviceCode: 'enrolment-changed' } });
    expect((await poll(bench, await openChannel(bench, after))).commands).toEqual([]);
    await expect(bench.gateway().submitOperation({ ...plan, operationKey: 'old-wipe-2' })).rejects.toMatchObject({ code: 'enrolment-changed' });
    await expect(poll(bench, channel)).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(openChannel(bench, before)).rejects.toMatchObject({ code: 'enrolment-changed' });
  });

  it('with the continuity token of a rebuild keeps that operation, and only that one, alive as evidence', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const token = await startRebuild(bench, device);
    await bench.gateway().submitOperation(await planOperation(bench, 'other', { capability: 'winre.session.enter', ...targetOf(device) }));
    await expect(enrol(bench, { token, tokenKind: 'continuity', hardwareId: 'other-hardware' })).rejects.toMatchObject({ facts: { reason: 'other-hardware' } });
    const rebuilt = await enrol(bench, { token, tokenKind: 'continuity' });
    expect(rebuilt.enrolment.deviceId).toBe(device.enrolment.deviceId);
    await expect(bench.gateway().readOperation(tenantId, 'other')).resolves.toMatchObject({ report: { state: 'failed' } });
    await expect(bench.gateway().readOperation(tenantId, 'rebuild-1')).resolves.toMatchObject({ report: { state: 'verifying', evidence: { source: 'continuity-token' } } });
    await expect(enrol(bench, { token, tokenKind: 'continuity' })).rejects.toMatchObject({ facts: { reason: 'used-token' } });
    const channel = await openChannel(bench, rebuilt, { mode: 'service' });
    const observedAt = '2026-11-22T05:00:00.000Z';
    const report = { state: 'succeeded', rawState: 'validated', observedAt, evidence: { kind: 'rebuild', observedAt, source: 'agent', detail: { validation: [] } } };
    await expect(send(bench, channel, protocolRoutes.report, { reports: [{ operationKey: 'rebuild-1', reportSequence: 1, report }] })).resolves.toMatchObject({ refused: [] });
    await expect(bench.gateway().readOperation(tenantId, 'rebuild-1')).resolves.toMatchObject({
      delivery: 'closed',
      report: { state: 'succeeded', evidence: { kind: 'rebuild', source: 'continuity-token', observedAt, detail: { formerEpoch: device.enrolment.enrolmentEpoch, device: { validation: [] } } } },
    });
  });

  it('does not take a rebuild’s word for its success before the device has enrolled again', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const token = await startRebuild(bench, device);
    const channel = await openChannel(bench, device);
    const report = { state: 'succeeded', rawState: 'done', observedAt: '2026-11-22T03:00:00.000Z' };
    await expect(send(bench, channel, protocolRoutes.report, { reports: [{ operationKey: 'rebuild-1', reportSequence: 1, report }] })).resolves.toMatchObject({ acknowledged: [], refused: [{ code: 'failed-precondition' }] });
    await enrol(bench);
    await expect(enrol(bench, { token, tokenKind: 'continuity' })).rejects.toMatchObject({ code: 'enrolment-changed' });
  });

  it('leaves nothing for a channel of before: it neither takes nor spoils what is meant for the new enrolment', async () => {
    const bench = await openBench();
    const before = await enrol(bench);
    const channel = await openChannel(bench, before);
    const waiting = poll(bench, channel, { waitMs: 30_000 }).then(({ commands }) => commands, () => []);
    await bench.clock.whenSleeping(2);
    const after = await enrol(bench);
    await bench.gateway().submitOperation(await planOperation(bench, 'o', { capability: 'winre.session.enter', ...targetOf(after) }));
    expect(await waiting).toEqual([]);
    expect((await poll(bench, await openChannel(bench, after))).commands).toMatchObject([{ operationKey: 'o' }]);
  });

  it('in the very moment of a delivery sends nothing to the channel of before', async () => {
    const store = createMemoryGatewayStore();
    const bench = await openBench({ store });
    const before = await enrol(bench);
    const channel = await openChannel(bench, before);
    const list = store.list.bind(store);
    let calls = 0;
    let after: TestDevice | undefined;
    store.list = async (table, filter) => {
      if (table === 'operations') calls += 1;
      // The first listing settles, the second one looks for what is due.
      if (table === 'operations' && calls === 2) {
        after = await enrol(bench);
        // Straight into the store: a submission would wait for the delivery.
        const record = operationFor(await planOperation(bench, 'o', { capability: 'winre.session.enter', ...targetOf(after) }));
        await store.commit([{ table: 'operations', record }]);
      }
      return list(table, filter);
    };
    await expect(poll(bench, channel)).rejects.toMatchObject({ code: 'enrolment-changed' });
    if (!after) throw new TypeError('expected the new enrolment');
    expect((await poll(bench, await openChannel(bench, after))).commands).toMatchObject([{ operationKey: 'o' }]);
  });

  it('is closed to a revoked device', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    await bench.gateway().revoke(tenantId, { deviceIds: [device.enrolment.deviceId] });
    await expect(enrol(bench)).rejects.toMatchObject({ code: 'unauthenticated', facts: { reason: 'revoked' } });
  });

  it('needs a tenant that pins the gateway’s key', async () => {
    const bench = await openBench();
    const other = await createPerson('g', 'gateway');
    await expect(bench.gateway().putTenant({ tenantId: 'x', trustedKeys: [other.key], caCertificatesPem: [], consent: { categories: [] } })).rejects.toMatchObject({ code: 'invalid-config', fieldPath: 'trustedKeys' });
  });
});
