import { instantAt } from '@winre-kit/sdk';
import { Hono } from 'hono';
import type { AdminEnvironment } from './admin-environment.ts';
import type { AdminServices } from './admin-services.ts';
import { requirePermission } from './authenticate.ts';
import { pathPart } from './read-query.ts';
import { requireOwnDevice } from './require-own-device.ts';

/** Which recovery keys are held. No route gives one out: release is an approved operation, sealed to one session. */
export function recoveryKeyRoutes(services: AdminServices): Hono<AdminEnvironment> {
  return new Hono<AdminEnvironment>().get('/devices/:deviceId/recovery-keys', requirePermission('keys.read'), async (context) => {
    const { deviceId } = await requireOwnDevice(services, context.get('caller'), pathPart(context, 'deviceId'));
    const held = await services.gateway.listEscrow(deviceId);
    const volumes = held.map(({ volumeId, keyId, escrowedAt }) => ({ volumeId, keyId, escrowedAt }));
    return context.json({ escrowed: volumes.length > 0, observedAt: instantAt(services.clock.now()), volumes });
  });
}
