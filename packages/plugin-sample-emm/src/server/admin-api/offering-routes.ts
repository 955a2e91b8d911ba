import { rebuildOfferingSchema } from '@winre-kit/sdk';
import { Hono } from 'hono';
import { z } from 'zod';
import type { AdminEnvironment } from './admin-environment.ts';
import type { AdminServices } from './admin-services.ts';
import { requirePermission } from './authenticate.ts';
import { readBody } from './read-body.ts';
import { pathPart } from './read-query.ts';
import { requireOwnDevice } from './require-own-device.ts';

const offeringsSchema = z.strictObject({
  offerings: z.array(z.strictObject(rebuildOfferingSchema.shape)).max(200).refine((offerings) => new Set(offerings.map(({ id }) => id)).size === offerings.length, 'expected each id once'),
});

/** What can be installed by a rebuild. */
export function offeringRoutes(services: AdminServices): Hono<AdminEnvironment> {
  const { offerings: store } = services;
  return new Hono<AdminEnvironment>()
    .get('/rebuild-offerings', requirePermission('offerings.read'), (context) => context.json({ items: store.list(context.get('caller').tenantId) }))
    .put('/rebuild-offerings', requirePermission('offerings.write'), async (context) => {
      const { offerings } = await readBody(context, offeringsSchema, 'rebuild offerings');
      store.replace(context.get('caller').tenantId, offerings);
      return context.json({ items: offerings });
    })
    .get('/devices/:deviceId/rebuild-offerings', requirePermission('offerings.read'), async (context) => {
      const { tenantId } = await requireOwnDevice(services, context.get('caller'), pathPart(context, 'deviceId'));
      return context.json({ items: store.list(tenantId) });
    });
}
