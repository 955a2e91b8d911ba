import { RecoveryError } from '@winre-kit/sdk';
import { Hono } from 'hono';
import type { AdminEnvironment } from './admin-environment.ts';
import type { AdminServices } from './admin-services.ts';
import { artifactRoutes } from './artifact-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { auditCalls, authenticate } from './authenticate.ts';
import { callerRoutes } from './caller-routes.ts';
import { deviceRoutes } from './device-routes.ts';
import { enrolmentRoutes } from './enrolment-routes.ts';
import { adminErrorReply } from './error-reply.ts';
import { groupRoutes } from './group-routes.ts';
import { mdmRoutes } from './mdm-routes.ts';
import { offeringRoutes } from './offering-routes.ts';
import { operationRoutes } from './operation-routes.ts';
import { policyRoutes } from './policy-routes.ts';
import { recoveryKeyRoutes } from './recovery-key-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { tokenRoutes } from './token-routes.ts';
import { trustRoutes } from './trust-routes.ts';

const sections = [
  callerRoutes, deviceRoutes, sessionRoutes, operationRoutes, policyRoutes, recoveryKeyRoutes, artifactRoutes, offeringRoutes, trustRoutes, enrolmentRoutes, groupRoutes, mdmRoutes, tokenRoutes, auditRoutes,
];

/** The admin API, `/admin/v1`. Every answer is JSON (or a stream of it), every refusal has the same form, every call has an id. */
export function createAdminApi(services: AdminServices): Hono<AdminEnvironment> {
  const { tokens, audit, clock, logger } = services;
  const api = new Hono<AdminEnvironment>().basePath('/admin/v1');
  api.onError((error, context) => {
    const correlationId = context.get('correlationId');
    if (!RecoveryError.isInstance(error)) logger.log('error', 'an admin call failed', { correlationId, method: context.req.method, path: context.req.path, cause: error });
    return adminErrorReply(error, correlationId);
  });
  api.notFound((context) => adminErrorReply(new RecoveryError('not-found', `the admin API has no ${context.req.method} ${context.req.path}`), context.get('correlationId')));
  api.use(async (context, next) => {
    const given = context.req.header('x-correlation-id');
    const correlationId = given !== undefined && /^[\w.:-]{1,128}$/.test(given) ? given : globalThis.crypto.randomUUID();
    context.set('correlationId', correlationId);
    await next();
    context.header('x-request-id', correlationId);
  });
  api.use(auditCalls(audit, clock));
  api.use(authenticate(tokens));
  for (const section of sections) api.route('/', section(services));
  return api;
}
