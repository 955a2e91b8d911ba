import { instantAt } from '@winre-kit/sdk';
import { querySchema } from '@winre-kit/winre-agent/protocol';
import { Hono } from 'hono';
import type { AdminEnvironment } from './admin-environment.ts';
import type { AdminServices } from './admin-services.ts';
import { requirePermission } from './authenticate.ts';
import { readBody } from './read-body.ts';
import { cursorAfter, pathPart, readPaging } from './read-query.ts';
import { deviceView, requireOwnDevice } from './require-own-device.ts';

/** How long a caller waits for a device's answer. */
const queryTimeoutMs = 20_000;

/** Devices of the tenant, and questions to them. */
export function deviceRoutes(services: AdminServices): Hono<AdminEnvironment> {
  const { store, gateway, clock } = services;
  const maySee = requirePermission('devices.read');
  return new Hono<AdminEnvironment>()
    .get('/devices', maySee, async (context) => {
      const { tenantId } = context.get('caller');
      const { serialNumber, vendorId } = context.req.query();
      const revoked = new Set((await store.read('tenants', tenantId))?.revocations.revokedDeviceIds);
      if (serialNumber !== undefined || vendorId !== undefined) {
        const matches = (await store.list('devices', { tenantId })).filter((device) => (serialNumber === undefined || device.serialNumber === serialNumber) && (vendorId === undefined || device.deviceId === vendorId));
        return context.json({ items: matches.filter(({ deviceId }) => !revoked.has(deviceId)).map(deviceView) });
      }
      const { after, limit } = readPaging(context);
      const { items, next } = store.page('devices', { tenantId }, after, limit);
      return context.json({ items: items.filter(({ deviceId }) => !revoked.has(deviceId)).map(deviceView), nextCursor: cursorAfter(next) });
    })
    .get('/devices/:deviceId', maySee, async (context) => context.json(deviceView(await requireOwnDevice(services, context.get('caller'), pathPart(context, 'deviceId')))))
    .get('/devices/:deviceId/enrolment', maySee, async (context) => {
      const device = await requireOwnDevice(services, context.get('caller'), pathPart(context, 'deviceId'));
      return context.json({ available: true, detail: `a one-time continuity token for hardware ${device.hardwareId} is issued with the rebuild`, observedAt: instantAt(clock.now()) });
    })
    .post('/devices/:deviceId/queries', maySee, async (context) => {
      const query = await readBody(context, querySchema, 'query');
      const { deviceId } = await requireOwnDevice(services, context.get('caller'), pathPart(context, 'deviceId'));
      return context.json(await gateway.query(deviceId, query, { signal: AbortSignal.any([context.req.raw.signal, services.closing]), timeoutMs: queryTimeoutMs }));
    });
}
