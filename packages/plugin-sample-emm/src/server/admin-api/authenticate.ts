import { instantAt, RecoveryError, type Clock } from '@winre-kit/sdk';
import type { MiddlewareHandler } from 'hono';
import type { AdminAuditStore } from '../store/admin-audit-store.ts';
import type { ApiTokenStore, Caller } from '../store/api-token-store.ts';
import type { AdminEnvironment } from './admin-environment.ts';
import { createMinuteLimit } from './minute-limit.ts';
import { rolePermissions, type Permission } from './roles.table.ts';

/** Finds out who calls. @throws {RecoveryError} `unauthenticated` for a missing, unknown or revoked token, without quoting it */
export function authenticate(tokens: ApiTokenStore): MiddlewareHandler<AdminEnvironment> {
  return async (context, next) => {
    const [scheme, token] = (context.req.header('authorization') ?? '').split(' ');
    const caller = scheme?.toLowerCase() === 'bearer' && token ? tokens.find(token) : undefined;
    if (!caller) throw new RecoveryError('unauthenticated', 'the admin API does not know this token: send a valid one as "authorization: Bearer …"');
    context.set('caller', caller);
    await next();
  };
}

/** Lets a call through when its caller's role holds the permission. @throws {RecoveryError} `permission-denied` naming it */
export function requirePermission(permission: Permission): MiddlewareHandler<AdminEnvironment> {
  return async (context, next) => {
    context.set('permission', permission);
    demandPermission(context.get('caller'), permission);
    await next();
  };
}

/** For permissions that depend on the body. @throws {RecoveryError} `permission-denied` */
export function demandPermission(caller: Caller, permission: Permission): void {
  if (rolePermissions[caller.role].has(permission)) return;
  throw new RecoveryError('permission-denied', `${caller.principal} (role ${caller.role}) lacks the permission ${permission}`, { facts: { permission, role: caller.role } });
}

/** Anybody can be refused as often as he likes: that must not fill the disk. */
const strangersPerMinute = 60;
const maxRecordedPath = 512;

/** Keeps a record of every call that changes something, reads an artifact or is refused, before its answer leaves; of callers without a valid token only some. */
export function auditCalls(audit: AdminAuditStore, clock: Clock): MiddlewareHandler<AdminEnvironment> {
  const countStranger = createMinuteLimit(clock, strangersPerMinute, 'recording calls without a token');
  const isOneTooMany = (): boolean => {
    try {
      countStranger('');
      return false;
    } catch {
      return true;
    }
  };
  return async (context, next) => {
    await next();
    const { method } = context.req;
    const path = context.req.path.slice(0, maxRecordedPath);
    const status = context.res.status;
    if (context.get('caller') === undefined && isOneTooMany()) return;
    if (method === 'GET' && status !== 401 && status !== 403 && !path.includes('/artifacts/')) return;
    const caller = context.get('caller') as Caller | undefined;
    const permission = context.get('permission') as Permission | undefined;
    const error: unknown = context.error;
    audit.append({
      at: instantAt(clock.now()),
      tenantId: caller?.tenantId ?? null,
      principal: caller?.principal ?? null,
      method,
      path,
      permission: permission ?? null,
      status,
      code: RecoveryError.isInstance(error) ? error.code : null,
      correlationId: context.get('correlationId'),
    });
  };
}
