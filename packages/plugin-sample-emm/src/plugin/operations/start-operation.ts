import { operationReportSchema, RecoveryError, type CallContext, type OperationCapability, type OperationReport, type PlanBinding, type SecretLease, type SecretRef, type StartRequest, type VendorRequest } from '@winre-kit/sdk';
import type { SampleEmm } from '../sample-emm.ts';
import { secretsOfIntent } from './intent-secrets.ts';

const path = '/operations';

/** The request as a plan shows it: secrets by name, and what is not known before the plan is approved as a placeholder. */
export function startRequest(emm: SampleEmm, secrets: readonly SecretRef[], details: Readonly<Record<string, unknown>>): VendorRequest {
  const body = {
    operationKey: '«operation key»', planDigest: '«digest of this plan»', binding: '«this plan»', approvals: '«approvals of this plan»', ttlMs: '«time to live»', fence: '«number of the last reconcile»',
    secrets: Object.fromEntries(secrets.map(({ secret }) => [secret, `«secret:${secret}»`])),
    ...details,
  };
  return { method: 'POST', url: `${emm.config.baseUrl}/admin/v1${path}`, body: JSON.parse(JSON.stringify(body)) as NonNullable<VendorRequest['body']> };
}

/**
 * Sends the operation, once. Secret values travel in a member of their own, which the EMM seals before it stores anything.
 *
 * @throws {RecoveryError} with `retry: 'reconcile-first'` when it is not known whether the EMM has it
 */
export async function startOperation<Capability extends OperationCapability>(emm: SampleEmm, request: StartRequest<Capability>, call: CallContext): Promise<OperationReport> {
  const { operationKey, planDigest, binding, approvals, ttlMs, intent } = request;
  const fence = await emm.fence.read(operationKey);
  using leases = new LeaseStack();
  for (const ref of secretsOfIntent(intent, emm.config)) leases.add(ref, await emm.secrets.resolve(ref, call));
  const secrets = leases.reveal();
  const body = { operationKey, planDigest, binding, approvals, ttlMs, fence, secrets, ...approvedDetails(binding) };
  try {
    return await emm.client.send({ method: 'POST', path, body, reply: operationReportSchema, doing: `starting ${intent.capability}`, carriesSecrets: Object.keys(secrets).length > 0 }, call);
  } catch (error) {
    throw RecoveryError.isInstance(error) && error.code === 'conflict' ? behindFence(error) : error;
  }
}

/** The EMM reconciled the operation after this request was made, and this host does not remember it: its storage is new, or another host asked. */
function behindFence(error: RecoveryError): RecoveryError {
  return new RecoveryError('conflict', error.message, { cause: error, retry: 'reconcile-first', ...(error.vendor ? { vendor: error.vendor } : {}), ...(error.correlationId ? { correlationId: error.correlationId } : {}) });
}

/** What the plan's request holds besides the placeholders: sent as it was approved. */
function approvedDetails(binding: PlanBinding): Readonly<Record<string, unknown>> {
  const planned = Object.entries(binding.requests[0]?.body ?? {});
  return Object.fromEntries(planned.filter(([name]) => name === 'offering' || name === 'media'));
}

/** Leases that end together. */
class LeaseStack implements Disposable {
  readonly #leases = new Map<string, SecretLease>();

  add(ref: SecretRef, lease: SecretLease): void {
    this.#leases.set(ref.secret, lease);
  }

  reveal(): Record<string, string> {
    return Object.fromEntries([...this.#leases].map(([name, lease]) => [name, lease.value.reveal()]));
  }

  [Symbol.dispose](): void {
    for (const lease of this.#leases.values()) lease[Symbol.dispose]();
  }
}
