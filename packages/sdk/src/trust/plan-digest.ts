import { RecoveryError } from '../errors/recovery-error.ts';
import { planBindingSchema, type PlanBinding } from '../schemas/plan.ts';
import { parseOrThrow } from '../errors/parse-or-throw.ts';
import { digestJson } from './sha256.ts';

/** The digest that approvals are bound to. */
export async function planDigestOf(binding: PlanBinding): Promise<string> {
  return digestJson(binding);
}

/**
 * Parses a binding that came over a wire and checks that it is the plan the digest names.
 *
 * @throws {RecoveryError} `invalid-argument` for a malformed binding, `plan-stale` when the digest is of another plan
 */
export async function requirePlanBinding(value: unknown, planDigest: string): Promise<PlanBinding> {
  const binding = parseOrThrow(planBindingSchema, value, 'plan binding');
  const actual = await planDigestOf(binding);
  if (actual !== planDigest) throw new RecoveryError('plan-stale', `the plan has digest ${actual.slice(0, 12)}…, not ${planDigest.slice(0, 12)}…: it was altered or belongs to another approval`);
  return binding;
}
