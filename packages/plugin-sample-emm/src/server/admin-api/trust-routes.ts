import { instantAt, keyIdOf, keyIdSchema, deviceIdSchema, RecoveryError, trustedKeySchema } from '@winre-kit/sdk';
import { consentSchema, dataCategorySchema, signedTrustUpdateSchema } from '@winre-kit/winre-agent/protocol';
import type { TenantRecord } from '@winre-kit/winre-agent/gateway';
import { Hono } from 'hono';
import { z } from 'zod';
import type { AdminEnvironment } from './admin-environment.ts';
import type { AdminServices } from './admin-services.ts';
import { requirePermission } from './authenticate.ts';
import { readBody } from './read-body.ts';
import { requireOwnDevice } from './require-own-device.ts';

const foundationSchema = z.strictObject({
  trustedKeys: z.array(trustedKeySchema.refine(({ purpose }) => purpose !== 'gateway', 'expected purpose approve or sign-scripts: the gateway brings its own key')).min(1).max(100),
  consent: z.strictObject({ categories: z.array(dataCategorySchema) }).default({ categories: [] }),
});
const revocationSchema = z.strictObject({ keyIds: z.array(keyIdSchema).max(1_000).default([]), deviceIds: z.array(deviceIdSchema).max(1_000).default([]) });

/** Whom the tenant's devices trust, what is revoked, and what data they may send. */
export function trustRoutes(services: AdminServices): Hono<AdminEnvironment> {
  const { gateway, store, clock, gatewayKey, caCertificatesPem } = services;

  const requireTenant = async (tenantId: string): Promise<TenantRecord> => {
    const tenant = await store.read('tenants', tenantId);
    if (!tenant) throw new RecoveryError('failed-precondition', `tenant ${tenantId} trusts nobody yet: register its approvers first (PUT /admin/v1/trust)`);
    return tenant;
  };

  return new Hono<AdminEnvironment>()
    .get('/trust', requirePermission('trust.read'), async (context) => {
      const { trustedKeys, trustSequence, revocations } = await requireTenant(context.get('caller').tenantId);
      const { revokedKeyIds, revokedDeviceIds } = revocations;
      return context.json({ trustedKeys, trustSequence, revokedKeyIds, revokedDeviceIds, caCertificatesPem, observedAt: instantAt(clock.now()) });
    })
    // Once, before the first device enrols. Afterwards only an approver's signature changes whom devices trust.
    .put('/trust', requirePermission('trust.write'), async (context) => {
      const { tenantId } = context.get('caller');
      const { trustedKeys, consent } = await readBody(context, foundationSchema, 'trust');
      for (const key of trustedKeys) {
        if ((await keyIdOf(key.publicKey)) !== key.keyId) throw new RecoveryError('invalid-argument', `trust: ${key.keyId} is not the id of the key of ${key.principal}`, { fieldPath: 'trustedKeys' });
      }
      if (!trustedKeys.some(({ purpose }) => purpose === 'approve')) throw new RecoveryError('invalid-argument', 'trust: expected at least one key with purpose approve', { fieldPath: 'trustedKeys' });
      if (await store.read('tenants', tenantId)) throw new RecoveryError('already-exists', `tenant ${tenantId} is set up: change its trust with a signed trust update`);
      await gateway.putTenant({ tenantId, trustedKeys: [...trustedKeys, gatewayKey], caCertificatesPem, consent });
      return context.json({ tenantId }, 201);
    })
    .post('/trust-updates', requirePermission('trust.update'), async (context) => {
      const update = await readBody(context, signedTrustUpdateSchema, 'trust update');
      await gateway.applyTrustUpdate(context.get('caller').tenantId, update);
      return context.json({ sequence: update.statement.sequence });
    })
    .post('/revocations', requirePermission('revocations.write'), async (context) => {
      const { keyIds, deviceIds } = await readBody(context, revocationSchema, 'revocation');
      const caller = context.get('caller');
      const { revocations } = await requireTenant(caller.tenantId);
      for (const deviceId of deviceIds) if (!revocations.revokedDeviceIds.includes(deviceId)) await requireOwnDevice(services, caller, deviceId);
      await gateway.revoke(caller.tenantId, { keyIds, deviceIds });
      return context.json((await requireTenant(caller.tenantId)).revocations);
    })
    .get('/consent', requirePermission('consent.read'), async (context) => context.json((await requireTenant(context.get('caller').tenantId)).consent))
    .put('/consent', requirePermission('consent.write'), async (context) => {
      const consent = await readBody(context, z.strictObject(consentSchema.shape), 'consent');
      const { tenantId, trustedKeys, caCertificatesPem: pinned } = await requireTenant(context.get('caller').tenantId);
      await gateway.putTenant({ tenantId, trustedKeys, caCertificatesPem: pinned, consent });
      return context.json(consent);
    });
}
