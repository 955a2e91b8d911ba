import { clockToleranceMs } from './plan-retention.ts';
import { checkRetentionPolicy } from './retention-policy.ts';
import type { RetentionPolicy } from './retention-policy.ts';

/** When the next restore point is due, and which ones expire. */
export interface RestorePointSchedule {
  /** Take one now. However many were missed, it is one. */
  readonly isDue: boolean;
  /** When the next one is due; `nowMs` when it is due already. Ask again then, or after a sleep or a clock change. */
  readonly dueAtMs: number;
  /** For people. */
  readonly reason: string;
  /** Points by the time at which they pass the retention, earliest first. Retention may still keep the newest good one. */
  readonly expiring: readonly { readonly id: string; readonly expiresAtMs: number }[];
}

const hourMs = 3_600_000;

/**
 * Decides when the next restore point is due. Pure: the same points, policy and time give the same answer.
 *
 * Counts from the newest point that is not in the future: after the clock went back, points from before do not hold up new ones.
 *
 * @throws {SnapshotError} `argument/invalid` for a policy that makes no sense
 */
export function planSchedule(points: readonly { readonly id: string; readonly timeMs: number }[], policy: RetentionPolicy, nowMs: number): RestorePointSchedule {
  const { cadenceHours, retentionHours } = checkRetentionPolicy(policy);
  const dated = points.filter(({ timeMs }) => timeMs <= nowMs + clockToleranceMs);
  const expiring = dated.map(({ id, timeMs }) => ({ id, expiresAtMs: timeMs + retentionHours * hourMs })).toSorted((left, right) => left.expiresAtMs - right.expiresAtMs);
  if (dated.length === 0) {
    const reason = points.length === 0 ? 'there is no restore point yet' : 'all restore points are dated in the future: the clock went back';
    return { isDue: true, dueAtMs: nowMs, reason, expiring };
  }
  const lastMs = dated.reduce((latest, { timeMs }) => Math.max(latest, timeMs), Number.NEGATIVE_INFINITY);
  const dueAtMs = lastMs + cadenceHours * hourMs;
  if (dueAtMs > nowMs) return { isDue: false, dueAtMs, reason: `the last restore point is younger than ${cadenceHours} hours`, expiring };
  const missed = Math.floor((nowMs - dueAtMs) / (cadenceHours * hourMs));
  return { isDue: true, dueAtMs: nowMs, reason: missed === 0 ? `the last restore point is ${cadenceHours} hours old` : `${missed + 1} restore points were missed; one is taken`, expiring };
}
