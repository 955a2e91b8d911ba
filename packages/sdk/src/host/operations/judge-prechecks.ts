import type { Effect } from '../../schemas/effect.ts';
import type { Precheck } from '../../schemas/precheck.ts';

/** Whether the prechecks let an operation go. */
export interface PrecheckVerdict {
  readonly go: boolean;
  /** What stands in the way, with its evidence. */
  readonly reasons: readonly string[];
}

/** Whether the prechecks let an operation go. Unmet ones stop every operation, unknown ones stop destructive ones; those that only inform stop nothing. */
export function judgePrechecks(prechecks: readonly Precheck[], effect: Effect): PrecheckVerdict {
  const reasons = prechecks
    .filter(({ required, state }) => required && (state === 'unmet' || (state === 'unknown' && effect === 'destructive')))
    .map(({ id, state, evidence }) => `${id} is ${state}: ${evidence}`);
  return { go: reasons.length === 0, reasons };
}
