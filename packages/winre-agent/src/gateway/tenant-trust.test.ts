import { describe, expect, it } from 'vitest';
import { createPerson, openBench, tenantId } from '../../test/gateway-bench.ts';
import { enrol, openChannel } from '../../test/test-device.ts';
import { signTrustUpdate, verifyRevocations, verifyTrustUpdate, type PinnedTrust } from '../protocol/index.ts';

describe('trust of a tenant', () => {
  it('changes by signed updates only, which devices apply in order', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const eve = await createPerson('eve', 'approve');
    await bench.gateway().putTenant({ tenantId, trustedKeys: [bench.gatewayKey.key, eve.key], caCertificatesPem: [], consent: { categories: [] } });
    expect((await enrol(bench, { hardwareId: 'other' })).enrolment.trustedKeys).toEqual([bench.gatewayKey.key, bench.approver.key]);
    const statement = { kind: 'winre-trust-update/v1' as const, tenantId, addKeys: [eve.key], removeKeyIds: [] };
    await expect(bench.gateway().applyTrustUpdate(tenantId, await signTrustUpdate({ ...statement, sequence: 1 }, bench.gatewayKey.signer))).rejects.toMatchObject({ code: 'untrusted-payload' });
    await bench.gateway().applyTrustUpdate(tenantId, await signTrustUpdate({ ...statement, sequence: 1 }, bench.approver.signer));
    await bench.gateway().applyTrustUpdate(tenantId, await signTrustUpdate({ ...statement, addKeys: [], removeKeyIds: [bench.approver.key.keyId], sequence: 2 }, eve.signer));
    const { hello } = await openChannel(bench, device);
    let pinned: PinnedTrust = { tenantId, trustSequence: device.enrolment.trustSequence, trustedKeys: device.enrolment.trustedKeys, caCertificatesPem: [] };
    for (const update of hello.trustUpdates) pinned = await verifyTrustUpdate(update, pinned, new Set());
    expect(pinned).toMatchObject({ trustSequence: 2, trustedKeys: [bench.gatewayKey.key, eve.key] });
    expect((await openChannel(bench, device, { trustSequence: 1 })).hello.trustUpdates).toHaveLength(1);
    expect((await enrol(bench, { hardwareId: 'third' })).enrolment).toMatchObject({ trustSequence: 2, trustedKeys: [bench.gatewayKey.key, eve.key] });
  });

  it('revokes for good, once, and says so in every handshake', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    await bench.gateway().revoke(tenantId, { keyIds: ['k'] });
    await bench.gateway().revoke(tenantId, { keyIds: ['k'] });
    await bench.restart();
    const { hello } = await openChannel(bench, device);
    await expect(verifyRevocations(hello.revocations, { tenantId, trustedKeys: device.enrolment.trustedKeys, current: device.enrolment.revocations.statement })).resolves.toMatchObject({ sequence: 1, revokedKeyIds: ['k'] });
    await expect(bench.gateway().revoke('nobody', { keyIds: ['k'] })).rejects.toMatchObject({ code: 'not-found' });
  });
});
