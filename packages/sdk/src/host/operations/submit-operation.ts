import { z } from 'zod';
import { instantAt } from '../../contract/clock.ts';
import { parseOrThrow } from '../../errors/parse-or-throw.ts';
import { RecoveryError } from '../../errors/recovery-error.ts';
import { recoveryPlanSchema, type RecoveryPlan } from '../../schemas/plan.ts';
import { instantSchema, operationKeySchema } from '../../schemas/primitives.ts';
import { requirePlanBinding } from '../../trust/plan-digest.ts';
import { digestJson } from '../../trust/sha256.ts';
import type { SubmitRequest } from '../host.ts';
import { requireClaim } from '../plugins/plugin-gate.ts';
import type { SubmittedOperation } from '../journal/journal-entry.ts';
import { judgePrechecks } from './judge-prechecks.ts';
import type { OperationContext } from './operation-context.ts';
import type { LedgerChange } from './operation-ledger.ts';
import type { OperationRecord } from './operation-record.ts';
import { approvalsNeededFor } from './plan-operation.ts';

const submitRequestSchema = z
  .strictObject({ operationKey: operationKeySchema, requestedBy: z.string().min(1), approveBy: instantSchema, executeBy: instantSchema, ttlMs: z.int().positive() })
  .refine(({ approveBy, executeBy }) => Date.parse(approveBy) <= Date.parse(executeBy), { path: ['executeBy'], message: 'expected a time not before approveBy' });

/** Registers a plan as an operation, or returns the one that the key already names. */
export async function submitOperation(context: OperationContext, plan: RecoveryPlan, request: SubmitRequest): Promise<OperationRecord> {
  const { ledger, options } = context;
  const checkedPlan = parseOrThrow(recoveryPlanSchema, plan, 'plan');
  const terms = parseOrThrow(submitRequestSchema, request, 'submit');
  if (ledger.has(terms.operationKey)) return resumeSubmitted(context, checkedPlan, terms.operationKey);
  const operation = await operationOf(context, checkedPlan, terms);
  if (Date.parse(terms.executeBy) <= options.clock.now()) throw new RecoveryError('invalid-argument', 'submit: executeBy: expected a time to come', { fieldPath: 'executeBy' });
  return (await ledger.submit(operation, gateOf(operation))) ?? resumeSubmitted(context, checkedPlan, terms.operationKey);
}

async function operationOf({ connectionOf, options }: OperationContext, plan: RecoveryPlan, terms: SubmitRequest): Promise<SubmittedOperation> {
  const binding = await requirePlanBinding(plan.binding, plan.planDigest);
  const { intent } = binding;
  const { opened } = connectionOf(binding.pluginId);
  if (binding.descriptorHash !== opened.descriptorHash) throw new RecoveryError('plan-stale', `the plan was made with another descriptor of plug-in ${opened.id}: plan again`);
  if ((plan.loss?.digest ?? null) !== binding.lossDigest || !(await isLossAsDigested(plan.loss))) throw new RecoveryError('plan-stale', 'the loss shown is not the one the plan is bound to: plan again', { fieldPath: 'loss' });
  // Recomputed, because the plan came from outside and its digest does not cover these.
  const { effect } = requireClaim(opened.descriptor, intent.capability, options.previewOptIn ?? []);
  const prechecks = judgePrechecks(plan.prechecks, effect);
  if (!prechecks.go) throw new RecoveryError('failed-precondition', `${intent.capability} cannot go: ${prechecks.reasons.join('; ')}`, { facts: { prechecks: prechecks.reasons } });
  return {
    handle: {
      operationId: options.ids.next('operation'), operationKey: terms.operationKey, plugin: binding.pluginId, device: intent.device, capability: intent.capability,
      payloadDigest: await digestJson(intent), createdAt: instantAt(options.clock.now()), ttlMs: terms.ttlMs,
    },
    tenantId: intent.tenantId, effect, planDigest: plan.planDigest, binding, prechecks: plan.prechecks,
    ...(plan.loss ? { loss: plan.loss } : {}),
    requestedBy: terms.requestedBy, approvalsNeeded: approvalsNeededFor({ ...plan, effect }, options.approvalPolicy), approveBy: terms.approveBy, executeBy: terms.executeBy,
  };
}

/** A complete list must have its digest; of a longer one only a part is here. */
async function isLossAsDigested(loss: RecoveryPlan['loss']): Promise<boolean> {
  return !loss || loss.truncated || (await digestJson(loss.entries)) === loss.digest;
}

/** A destructive operation never skips its approval, whatever the numbers say. */
function gateOf({ effect, approvalsNeeded }: SubmittedOperation): LedgerChange {
  return approvalsNeeded > 0 || effect === 'destructive'
    ? { type: 'state', to: 'awaiting-approval', reason: `needs ${Math.max(1, approvalsNeeded)} approval(s)` }
    : { type: 'state', to: 'approved', reason: 'needs no approval' };
}

async function resumeSubmitted({ ledger }: OperationContext, plan: RecoveryPlan, operationKey: string): Promise<OperationRecord> {
  const { submitted } = ledger.find(operationKey);
  if (submitted.planDigest !== plan.planDigest) {
    const other = submitted.handle.payloadDigest === (await digestJson(plan.binding.intent)) ? 'plan' : 'payload';
    throw new RecoveryError('already-exists', `operation key ${operationKey} was used with another ${other}: choose a new key`, { facts: { operationKey, other } });
  }
  // A host that stopped right after the first entry left it planned.
  return ledger.change(operationKey, (record) => (record.state === 'planned' ? [gateOf(record.submitted)] : []));
}
