import { instantAt, RecoveryError } from '@winre-kit/sdk';
import { signRevocations, verifyTrustUpdate, type SignedRevocations, type SignedTrustUpdate } from '../protocol/index.ts';
import { requireTenant, type GatewayCore } from './gateway-core.ts';
import type { TenantRecord } from './gateway-records.ts';
import type { TenantSettings } from './gateway.ts';
import { transact } from './transact.ts';

/** Creates a tenant, or replaces what the back end alone may decide: consent. Whom devices trust changes by signed updates only. */
export async function putTenant(core: GatewayCore, settings: TenantSettings): Promise<void> {
  const { tenantId, trustedKeys, caCertificatesPem, consent } = settings;
  if (!trustedKeys.some((key) => key.keyId === core.config.signer.keyId && key.purpose === 'gateway')) {
    throw new RecoveryError('invalid-config', `tenant ${tenantId}: trustedKeys: expected the gateway's own key ${core.config.signer.keyId} with purpose gateway, or its devices cannot tell the time`, { fieldPath: 'trustedKeys' });
  }
  await transact(core.store, async () => {
    const known = await core.store.read('tenants', tenantId);
    const revocations = { kind: 'winre-revocations/v1' as const, tenantId, sequence: 0, issuedAt: instantAt(core.clock.now()), revokedKeyIds: [], revokedDeviceIds: [] };
    const record: TenantRecord = known
      ? { ...known, revision: known.revision + 1, consent }
      : { revision: 1, tenantId, trustSequence: 0, trustedKeys, caCertificatesPem, trustUpdates: [], revocations, consent };
    return { writes: [{ table: 'tenants', record }], result: undefined };
  });
  core.polls.notifyAll();
}

/** Checks an update as a device would, keeps it for devices that come later, and wakes those that wait. */
export async function applyTrustUpdate(core: GatewayCore, tenantId: string, update: SignedTrustUpdate): Promise<void> {
  await transact(core.store, async () => {
    const tenant = await requireTenant(core.store, tenantId);
    const after = await verifyTrustUpdate(update, tenant, new Set(tenant.revocations.revokedKeyIds));
    const record: TenantRecord = { ...tenant, ...after, revision: tenant.revision + 1, trustUpdates: [...tenant.trustUpdates, update] };
    return { writes: [{ table: 'tenants', record }], result: undefined };
  });
  core.polls.notifyAll();
}

/** Adds to the revocation list. Nothing ever takes a key off it. */
export async function revoke(core: GatewayCore, tenantId: string, what: { readonly keyIds?: readonly string[]; readonly deviceIds?: readonly string[] }): Promise<void> {
  await transact(core.store, async () => {
    const tenant = await requireTenant(core.store, tenantId);
    const { revocations } = tenant;
    const revokedKeyIds = [...new Set([...revocations.revokedKeyIds, ...(what.keyIds ?? [])])];
    const revokedDeviceIds = [...new Set([...revocations.revokedDeviceIds, ...(what.deviceIds ?? [])])];
    if (revokedKeyIds.length === revocations.revokedKeyIds.length && revokedDeviceIds.length === revocations.revokedDeviceIds.length) return { writes: [], result: undefined };
    const next = { ...revocations, sequence: revocations.sequence + 1, issuedAt: instantAt(core.clock.now()), revokedKeyIds, revokedDeviceIds };
    return { writes: [{ table: 'tenants', record: { ...tenant, revision: tenant.revision + 1, revocations: next } }], result: undefined };
  });
  core.polls.notifyAll();
}

export async function signedRevocationsOf(core: GatewayCore, tenant: TenantRecord): Promise<SignedRevocations> {
  return signRevocations(tenant.revocations, core.config.signer);
}

/** @throws {RecoveryError} `unauthenticated`, `facts.reason` `revoked` */
export function requireNotRevoked(tenant: TenantRecord, deviceId: string): void {
  if (tenant.revocations.revokedDeviceIds.includes(deviceId)) throw new RecoveryError('unauthenticated', `device ${deviceId} is revoked`, { retry: 'never', facts: { reason: 'revoked' } });
}
