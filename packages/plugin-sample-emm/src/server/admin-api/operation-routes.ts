import { isSamePrincipal, operationKeySchema, planBindingSchema, RecoveryError, rebuildOfferingSchema, SecretValue, sha256Schema, signedApprovalSchema, type OperationReport, type PayloadTrust, type SignedApproval } from '@winre-kit/sdk';
import { operationRecordKey, type OperationRecord } from '@winre-kit/winre-agent/gateway';
import { Hono, type Context } from 'hono';
import { z } from 'zod';
import { createKeyedQueue } from '../keyed-queue.ts';
import type { Caller } from '../store/api-token-store.ts';
import type { AdminEnvironment } from './admin-environment.ts';
import type { AdminServices } from './admin-services.ts';
import { demandPermission, requirePermission } from './authenticate.ts';
import { permissionToStart, requireNamedSecrets, requireOfferedMedia, requireTrustedPayload } from './check-operation.ts';
import { createMinuteLimit } from './minute-limit.ts';
import { readBody } from './read-body.ts';
import { cursorAfter, pathPart, readPaging } from './read-query.ts';
import { requireOwnDevice } from './require-own-device.ts';
import { streamJsonLines } from './stream-json-lines.ts';

const startSchema = z.strictObject({
  operationKey: operationKeySchema,
  planDigest: sha256Schema,
  binding: planBindingSchema,
  approvals: z.array(signedApprovalSchema).max(16),
  ttlMs: z.int().min(1_000).max(30 * 86_400_000),
  /** The number of the caller's last reconcile that found nothing; 0 before the first. */
  fence: z.int().nonnegative().default(0),
  /** Values, by name. Sealed before anything is stored. */
  secrets: z.record(z.string().min(1).max(200), z.string().min(1).max(4_096)).default({}),
  /** Repeats what the binding holds, for readers of the plan. */
  offering: rebuildOfferingSchema.optional(),
  media: z.strictObject({ contentDigest: sha256Schema }).optional(),
});
const emptySchema = z.strictObject({});

/** Operations: started once per key, watched, taken back, reconciled. */
export function operationRoutes(services: AdminServices): Hono<AdminEnvironment> {
  const { gateway, store, fences, offerings, clock } = services;
  const maySee = requirePermission('operations.read');
  const takeQuota = createMinuteLimit(clock, services.operationsPerMinute, 'starting operations');
  /** Start and reconcile of one key never overlap, so that a fence cannot rise between its check and the submission. */
  const inTurn = createKeyedQueue();

  const readOwn = async (context: Context<AdminEnvironment>): Promise<OperationRecord | undefined> => {
    const { tenantId } = context.get('caller');
    const { deviceId, vendorRef } = context.req.query();
    if (deviceId !== undefined) await requireOwnDevice(services, context.get('caller'), deviceId);
    const record = await store.read('operations', operationRecordKey(tenantId, pathPart(context, 'operationKey')));
    if (record && ((deviceId !== undefined && record.deviceId !== deviceId) || (vendorRef !== undefined && record.report.vendorRef !== vendorRef))) return undefined;
    return record;
  };
  const requireOwn = async (context: Context<AdminEnvironment>): Promise<OperationRecord> => {
    const record = await readOwn(context);
    if (!record) throw new RecoveryError('not-found', `no operation ${pathPart(context, 'operationKey')} of this device is known here`);
    return record;
  };

  const start = async (caller: Caller, body: z.output<typeof startSchema>): Promise<OperationReport> => {
    const { operationKey, planDigest, binding, approvals, ttlMs, fence, secrets } = body;
    const { tenantId } = caller;
    const known = await store.read('operations', operationRecordKey(tenantId, operationKey));
    if (fence < fences.current(tenantId, operationKey)) {
      if (known?.planDigest === planDigest) return known.report;
      throw new RecoveryError('conflict', `operation ${operationKey} was reconciled after this request was made: reconcile it again, then start it with the new fence`, { facts: { fence } });
    }
    if (!known) {
      await requireOtherApprovers(caller, approvals);
      await requireTrustedPayload(binding, await payloadTrust(tenantId));
      requireOfferedMedia(binding, offerings.list(tenantId));
      takeQuota(tenantId);
    }
    requireNamedSecrets(binding, secrets);
    const values = Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new SecretValue(value)]));
    return gateway.submitOperation({ operationKey, planDigest, binding, approvals, ttlMs, secrets: values });
  };

  const payloadTrust = async (tenantId: string): Promise<PayloadTrust> => {
    const tenant = await store.read('tenants', tenantId);
    return { tenantId, trustedKeys: tenant?.trustedKeys ?? [], revokedKeyIds: new Set(tenant?.revocations.revokedKeyIds), nowMs: clock.now() };
  };

  /** An approval names the requester by its signer's word; here it is known who asks. */
  const requireOtherApprovers = async ({ tenantId, principal }: Caller, approvals: readonly SignedApproval[]): Promise<void> => {
    const tenant = await store.read('tenants', tenantId);
    const own = tenant?.trustedKeys.find((key) => isSamePrincipal(key.principal, principal) && approvals.some(({ keyId }) => keyId === key.keyId));
    if (own) throw new RecoveryError('approval-rejected', `${own.principal} asks for it and cannot approve it: another person must`, { facts: { reason: 'self-approval' } });
  };

  return new Hono<AdminEnvironment>()
    .post('/operations', requirePermission('operations.start'), async (context) => {
      const body = await readBody(context, startSchema, 'operation');
      const caller = context.get('caller');
      const needed = permissionToStart(body.binding);
      context.set('permission', needed);
      demandPermission(caller, needed);
      const { intent } = body.binding;
      if (intent.tenantId !== caller.tenantId) throw new RecoveryError('not-found', `the operation is for a tenant that is not ${caller.tenantId}`, { fieldPath: 'binding.intent.tenantId' });
      await requireOwnDevice(services, caller, intent.device.id);
      return context.json(await inTurn(operationRecordKey(caller.tenantId, body.operationKey), () => start(caller, body)));
    })
    .get('/operations', maySee, async (context) => {
      const { deviceId } = context.req.query();
      const { tenantId } = context.get('caller');
      if (deviceId !== undefined) await requireOwnDevice(services, context.get('caller'), deviceId);
      const { after, limit } = readPaging(context);
      const { items, next } = store.page('operations', { tenantId, ...(deviceId === undefined ? {} : { deviceId }) }, after, limit);
      return context.json({ items: items.map(({ report }) => report), nextCursor: cursorAfter(next) });
    })
    .get('/operations/:operationKey', maySee, async (context) => context.json((await requireOwn(context)).report))
    .get('/operations/:operationKey/reports', maySee, async (context) => {
      const { tenantId, operationKey } = await requireOwn(context);
      return streamJsonLines(context, services, (signal) => gateway.watchOperation(tenantId, operationKey, { signal }));
    })
    .post('/operations/:operationKey/cancel', requirePermission('operations.cancel'), async (context) => {
      await readBody(context, emptySchema, 'cancel');
      const { tenantId, operationKey } = await requireOwn(context);
      return context.json({ outcome: await gateway.cancelOperation(tenantId, operationKey) });
    })
    .post('/operations/:operationKey/reconcile', requirePermission('operations.start'), async (context) => {
      await readBody(context, emptySchema, 'reconcile');
      const { tenantId } = context.get('caller');
      const operationKey = pathPart(context, 'operationKey');
      const absent = (told: { readonly reason: string; readonly vendorRef?: string | undefined }): Response => context.json({ ...told, finding: 'absent', fence: fences.raise(tenantId, operationKey) });
      return inTurn(operationRecordKey(tenantId, operationKey), async () => {
        const record = await readOwn(context);
        if (!record) return absent({ reason: 'the EMM never took it, and a request still on its way will be refused' });
        const finding = await gateway.reconcileOperation(tenantId, operationKey);
        return finding.finding === 'absent' ? absent(finding) : context.json(finding);
      });
    });
}
