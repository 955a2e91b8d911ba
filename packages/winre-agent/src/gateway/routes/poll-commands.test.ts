import { describe, expect, it } from 'vitest';
import { openBench, planOperation, tenantId } from '../../../test/gateway-bench.ts';
import { enrol, openChannel, poll, pollBody, post, signNext } from '../../../test/test-device.ts';
import { protocolRoutes, signTrustUpdate, verifyTime } from '../../protocol/index.ts';

describe('a poll', () => {
  it('waits until there is something, and no longer than asked', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const channel = await openChannel(bench, device);
    const idle = poll(bench, channel, { waitMs: 20_000 });
    await bench.clock.whenSleeping(2);
    await bench.clock.advance(20_000);
    expect((await idle).commands).toEqual([]);
    const waiting = poll(bench, channel, { waitMs: 20_000 });
    await bench.clock.whenSleeping(2);
    const { deviceId, enrolmentEpoch } = device.enrolment;
    await bench.gateway().submitOperation(await planOperation(bench, 'o', { capability: 'winre.session.enter', tenantId, device: { id: deviceId, enrolmentEpoch } }));
    expect((await waiting).commands).toMatchObject([{ kind: 'operation', operationKey: 'o', sequence: 1 }]);
  });

  it('is replaced by a newer one', async () => {
    const bench = await openBench();
    const channel = await openChannel(bench, await enrol(bench));
    const older = poll(bench, channel, { waitMs: 20_000 });
    await bench.clock.whenSleeping(2);
    const newer = poll(bench, channel);
    expect((await older).commands).toEqual([]);
    expect((await newer).commands).toEqual([]);
  });

  it('that arrives behind a newer one is refused, for its word about the ledger is old', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const channel = await openChannel(bench, device);
    const { deviceId, enrolmentEpoch } = device.enrolment;
    await bench.gateway().submitOperation(await planOperation(bench, 'o', { capability: 'winre.restore.trigger', tenantId, device: { id: deviceId, enrolmentEpoch }, restorePointId: 'p', safetySnapshot: true }));
    const late = await signNext(channel, protocolRoutes.poll, pollBody(channel));
    expect((await poll(bench, channel)).commands).toHaveLength(1);
    await expect(post(bench, late.path, late.body, late.headers)).rejects.toMatchObject({ code: 'unauthenticated', facts: { reason: 'replayed' } });
    await expect(bench.gateway().reconcileOperation(tenantId, 'o')).resolves.toMatchObject({ finding: 'found' });
  });

  it('is answered when the gateway closes', async () => {
    const bench = await openBench();
    const channel = await openChannel(bench, await enrol(bench));
    const waiting = poll(bench, channel, { waitMs: 20_000 });
    await bench.clock.whenSleeping(2);
    await bench.gateway().close();
    expect((await waiting).commands).toEqual([]);
    await expect(poll(bench, channel)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('brings the time over its nonce', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const timeNonce = device.statement.timeNonce;
    const { time } = await poll(bench, await openChannel(bench, device), { timeNonce });
    expect(time && (await verifyTime(time, { nonce: timeNonce, trustedKeys: device.enrolment.trustedKeys, revokedKeyIds: new Set() }))).toBe(bench.clock.now());
  });

  it('brings policies, consent, revocations and trust updates as long as the agent’s are older', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const channel = await openChannel(bench, device);
    expect(Object.keys(await poll(bench, channel))).toEqual(['commands', 'logs']);
    const waiting = poll(bench, channel, { waitMs: 60_000 });
    await bench.clock.whenSleeping(2);
    await bench.gateway().setPolicies(device.enrolment.deviceId, { restore: { enabled: true, cadenceHours: 4, retentionHours: 24, maxDiskBytes: 1_000 } });
    expect(await waiting).toMatchObject({ policies: { restore: { cadenceHours: 4 } } });
    await bench.gateway().revoke(tenantId, { keyIds: ['bad-key'] });
    await bench.gateway().applyTrustUpdate(tenantId, await signTrustUpdate({ kind: 'winre-trust-update/v1', tenantId, sequence: 1, addKeys: [], removeKeyIds: [] }, bench.approver.signer));
    // The answer to the first of these is lost: what it brought comes again.
    await poll(bench, channel);
    const again = await poll(bench, channel);
    expect(again).toMatchObject({ policies: {}, consent: {}, revocations: { statement: { sequence: 1, revokedKeyIds: ['bad-key'] } }, trustUpdates: [{ statement: { sequence: 1 } }] });
    const known = { settingsVersion: again.settingsVersion ?? '', trustSequence: 1, revocationsSequence: 1 };
    expect(Object.keys(await poll(bench, channel, known))).toEqual(['commands', 'logs']);
  });
});
