import type { ClaimedCapability } from '../../contract/capability-descriptor.ts';
import { capabilityFloors } from '../../contract/capability-floors.table.ts';
import { instantAt } from '../../contract/clock.ts';
import { parseOrThrow } from '../../errors/parse-or-throw.ts';
import { RecoveryError } from '../../errors/recovery-error.ts';
import { intentSchema, type Intent } from '../../schemas/intent.ts';
import type { PlanBinding, PlanDraft, RecoveryPlan } from '../../schemas/plan.ts';
import { planDigestOf } from '../../trust/plan-digest.ts';
import { verifyPackage, verifyScript } from '../../trust/signed-payload.ts';
import type { HostCall } from '../call-options.ts';
import { learnedLease, requireListedSecret } from '../plugins/lend-services.ts';
import type { PluginConnection } from '../plugins/plugin-connection.ts';
import { requireClaim } from '../plugins/plugin-gate.ts';
import { judgeParameters } from './judge-parameters.ts';
import { judgePrechecks } from './judge-prechecks.ts';
import type { OperationContext } from './operation-context.ts';
import { secretDigestsOf, secretNamesIn } from './secret-digests.ts';

/** Plans an intent from the world as it is now. Writes nothing at the vendor; used for people and again right before sending. */
export async function planOperation(context: OperationContext, connection: PluginConnection, value: unknown, call: HostCall): Promise<RecoveryPlan> {
  const intent = parseOrThrow(intentSchema, value, 'intent');
  const { opened } = connection;
  const claim = requireClaim(opened.descriptor, intent.capability, context.options.previewOptIn ?? []);
  const beyond = judgeParameters(claim, intent);
  if (beyond !== undefined) throw new RecoveryError('unsupported', `plug-in ${opened.id} cannot do this ${intent.capability}: ${beyond}`, { fieldPath: 'intent' });
  await requireTrustedPayload(context, intent);
  const secretDigests = await digestSecrets(context, connection, intent, call);
  if (context.redactor.reveals(intent)) throw new RecoveryError('invalid-argument', 'the intent contains the value of a secret: name it as { secret: "name" } instead', { fieldPath: 'intent' });
  await requireSameEnrolment(connection, intent, call);
  return completePlan(context, connection, claim, intent, await connection.plan(intent, call), secretDigests);
}

async function requireTrustedPayload({ options }: OperationContext, intent: Intent): Promise<void> {
  const trust = { tenantId: intent.tenantId, trustedKeys: options.signers, revokedKeyIds: new Set(options.revokedKeyIds), nowMs: options.clock.now() };
  if (intent.capability === 'winre.script.push') await verifyScript(intent.script, trust);
  if (intent.capability === 'winre.package.push') await verifyPackage(intent.package, trust);
}

async function digestSecrets({ options, redactor }: OperationContext, { manifest, opened }: PluginConnection, intent: Intent, call: HostCall): Promise<Record<string, string>> {
  const names = secretNamesIn(intent);
  for (const name of names) requireListedSecret(manifest, opened.id, name);
  const secrets = { resolve: async (ref: { secret: string }, wait?: { readonly signal?: AbortSignal }) => learnedLease(await options.secrets.resolve(ref, wait), redactor) };
  return secretDigestsOf(names, secrets, options.digestKey, call.signal ? { signal: call.signal } : {});
}

async function requireSameEnrolment(connection: PluginConnection, { device, tenantId }: Intent, call: HostCall): Promise<void> {
  const known = await connection.getDevice(device.id, call);
  if (known.tenantId !== tenantId) throw new RecoveryError('not-found', `no device ${device.id} in tenant ${tenantId}`, { fieldPath: 'tenantId' });
  if (known.enrolmentEpoch !== device.enrolmentEpoch) {
    throw new RecoveryError('enrolment-changed', `device ${device.id} is in enrolment ${known.enrolmentEpoch}, the intent is for ${device.enrolmentEpoch}`, { fieldPath: 'device.enrolmentEpoch' });
  }
}

async function completePlan({ options }: OperationContext, { opened }: PluginConnection, claim: ClaimedCapability, intent: Intent, draft: PlanDraft, secretDigests: Record<string, string>): Promise<RecoveryPlan> {
  const { effect, reversibility } = claim;
  if (effect === 'destructive' && !draft.loss) throw lossUnknown(opened.id, intent, draft);
  const binding: PlanBinding = {
    kind: 'winre-plan/v1',
    pluginId: opened.id,
    intent,
    requests: draft.requests,
    secretDigests,
    descriptorHash: opened.descriptorHash,
    lossDigest: draft.loss?.digest ?? null,
  };
  const plan = { ...draft, planDigest: await planDigestOf(binding), binding, effect, reversibility, plannedAt: instantAt(options.clock.now()) };
  return { ...plan, approvalsNeeded: approvalsNeededFor(plan, options.approvalPolicy) };
}

/** Nobody can approve a loss that nobody knows. Where prechecks say what kept it from being seen, that is the reason: the device is silent, its volume locked. */
function lossUnknown(pluginId: string, { capability }: Intent, { prechecks }: PlanDraft): RecoveryError {
  const { go, reasons } = judgePrechecks(prechecks, 'destructive');
  if (!go) return new RecoveryError('failed-precondition', `what ${capability} would take away cannot be seen: ${reasons.join('; ')}`, { facts: { prechecks: reasons } });
  return new RecoveryError('internal', `plug-in ${pluginId} planned ${capability} without saying what would be lost`, { fieldPath: 'loss' });
}

/** The floor of the capability, one for anything destructive, or more when the policy says so. */
export function approvalsNeededFor(plan: Omit<RecoveryPlan, 'approvalsNeeded'>, policy: ((plan: Omit<RecoveryPlan, 'approvalsNeeded'>) => number) | undefined): number {
  const floor = capabilityFloors[plan.binding.intent.capability].approvals;
  const asked = policy?.(plan) ?? 0;
  if (!Number.isSafeInteger(asked) || asked < 0) throw new RecoveryError('invalid-argument', `approvalPolicy: expected a whole number of 0 or more, got ${asked}`, { fieldPath: 'approvalPolicy' });
  return Math.max(floor, plan.effect === 'destructive' ? 1 : 0, asked);
}
