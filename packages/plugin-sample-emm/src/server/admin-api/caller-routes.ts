import { Hono } from 'hono';
import type { AdminEnvironment } from './admin-environment.ts';
import type { AdminServices } from './admin-services.ts';
import { rolePermissions } from './roles.table.ts';

/** Who the token belongs to and what it may do. Needs no permission. */
export function callerRoutes({ store }: AdminServices): Hono<AdminEnvironment> {
  return new Hono<AdminEnvironment>().get('/caller', async (context) => {
    const { tenantId, principal, role } = context.get('caller');
    return context.json({ tenantId, principal, role, permissions: [...rolePermissions[role]], trustConfigured: (await store.read('tenants', tenantId)) !== undefined });
  });
}
