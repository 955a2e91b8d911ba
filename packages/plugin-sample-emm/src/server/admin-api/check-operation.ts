import { canonicalJson, capabilityFloors, RecoveryError, verifyPackage, verifyScript, type PayloadTrust, type PlanBinding, type RebuildOffering } from '@winre-kit/sdk';
import { requireBoundOffering } from '@winre-kit/winre-agent/protocol';
import type { Permission } from './roles.table.ts';

/** What starting this plan asks of the caller's role: more when it takes data away or lets a recovery key out. */
export function permissionToStart(binding: PlanBinding): Permission {
  const floor = capabilityFloors[binding.intent.capability];
  return floor.approvals > 0 ? 'operations.start-destructive' : 'operations.start';
}

/**
 * Refuses a payload that the device would refuse, before anything is stored. Approvals are the gateway's to check.
 *
 * @throws {RecoveryError} `untrusted-payload`
 */
export async function requireTrustedPayload({ intent }: PlanBinding, trust: PayloadTrust): Promise<void> {
  if (intent.capability === 'winre.script.push') await verifyScript(intent.script, trust);
  if (intent.capability === 'winre.package.push') await verifyPackage(intent.package, trust);
}

/**
 * A rebuild installs what the approvers saw, and only while it is still offered.
 *
 * @throws {RecoveryError} `plan-stale`
 */
export function requireOfferedMedia(binding: PlanBinding, offered: readonly RebuildOffering[]): void {
  if (binding.intent.capability !== 'winre.rebuild.trigger') return;
  const bound = canonicalJson(requireBoundOffering(binding));
  if (!offered.some((offering) => canonicalJson(offering) === bound)) throw new RecoveryError('plan-stale', `rebuild offering ${binding.intent.offeringId} was changed or withdrawn since the plan was made: plan again`);
}

/**
 * Exactly the secrets that the intent names travel with it.
 *
 * @throws {RecoveryError} `invalid-argument`
 */
export function requireNamedSecrets({ intent }: PlanBinding, secrets: Readonly<Record<string, string>>): void {
  const wanted = intent.capability === 'winre.network.configure' && 'key' in intent.profile ? [intent.profile.key.secret] : [];
  const given = Object.keys(secrets);
  const missing = wanted.find((name) => !given.includes(name));
  const extra = given.find((name) => !wanted.includes(name));
  if (missing !== undefined) throw new RecoveryError('invalid-argument', `operation: secrets.${missing}: expected the value of the secret that the intent names`, { fieldPath: `secrets.${missing}` });
  if (extra !== undefined) throw new RecoveryError('invalid-argument', `operation: secrets.${extra}: the intent names no such secret`, { fieldPath: `secrets.${extra}` });
}
