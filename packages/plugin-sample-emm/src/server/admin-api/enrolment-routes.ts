import { instantAt, RecoveryError } from '@winre-kit/sdk';
import { Hono } from 'hono';
import { z } from 'zod';
import type { AdminEnvironment } from './admin-environment.ts';
import type { AdminServices } from './admin-services.ts';
import { requirePermission } from './authenticate.ts';
import { readBody } from './read-body.ts';

const tokenRequestSchema = z.strictObject({
  ttlMs: z.int().min(1_000).max(30 * 86_400_000).default(3_600_000),
  /** Only this hardware may use the token. */
  hardwareId: z.string().min(1).max(200).optional(),
});

/** One-time tokens with which agents enrol. Only digests are stored: the value is in this one answer. */
export function enrolmentRoutes({ gateway, store, clock, caCertificatesPem }: AdminServices): Hono<AdminEnvironment> {
  return new Hono<AdminEnvironment>().post('/enrolment-tokens', requirePermission('enrolment.write'), async (context) => {
    const { tenantId } = context.get('caller');
    const { ttlMs, hardwareId } = await readBody(context, tokenRequestSchema, 'enrolment token');
    if (!(await store.read('tenants', tenantId))) throw new RecoveryError('failed-precondition', `tenant ${tenantId} trusts nobody yet: register its approvers first (PUT /admin/v1/trust)`);
    const expiresAt = instantAt(clock.now() + ttlMs);
    const token = await gateway.issueEnrolmentToken({ tenantId, ttlMs, ...(hardwareId === undefined ? {} : { hardwareId }) });
    return context.json({ token: token.reveal(), expiresAt, caCertificatesPem }, 201);
  });
}
