/** What a capability may use up. */
export interface Quota {
  readonly perMinute: number | undefined;
  readonly perDay: number | undefined;
}

/** What it has used. */
export interface QuotaUse {
  /** Uses of the last minute, oldest first, by the monotonic clock. */
  readonly recent: readonly { readonly atMs: number; readonly cost: number }[];
  /** UTC day, as `2026-11-22`, and what was used on it. */
  readonly day: string;
  readonly usedToday: number;
}

export type QuotaVerdict =
  | { readonly verdict: 'go' }
  | { readonly verdict: 'wait'; readonly waitMs: number; readonly reason: string }
  | { readonly verdict: 'exhausted'; readonly retryAfterMs: number; readonly reason: string };

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Whether `cost` more may be used now. The minute slides; the day begins at midnight UTC. */
export function judgeQuota(quota: Quota, use: QuotaUse, cost: number, time: { readonly nowMs: number; readonly monotonicMs: number }): QuotaVerdict {
  const usedToday = use.day === utcDay(time.nowMs) ? use.usedToday : 0;
  if (quota.perDay !== undefined && usedToday + cost > quota.perDay) {
    return { verdict: 'exhausted', retryAfterMs: dayMs - (time.nowMs % dayMs), reason: `${usedToday} of ${quota.perDay} per day are used; the window resets at midnight UTC` };
  }
  if (quota.perMinute === undefined) return { verdict: 'go' };
  if (cost > quota.perMinute) return { verdict: 'exhausted', retryAfterMs: minuteMs, reason: `a cost of ${cost} never fits into ${quota.perMinute} per minute` };
  const inWindow = use.recent.filter(({ atMs }) => atMs > time.monotonicMs - minuteMs);
  let over = inWindow.reduce((sum, { cost: used }) => sum + used, 0) + cost - quota.perMinute;
  if (over <= 0) return { verdict: 'go' };
  const frees = inWindow.find(({ cost: used }) => (over -= used) <= 0);
  return { verdict: 'wait', waitMs: Math.max(1, Math.ceil((frees?.atMs ?? time.monotonicMs) + minuteMs - time.monotonicMs)), reason: `${quota.perMinute} per minute are used` };
}

/** The use after `cost` was taken; forgets what no longer matters. */
export function useQuota(use: QuotaUse, cost: number, time: { readonly nowMs: number; readonly monotonicMs: number }): QuotaUse {
  const day = utcDay(time.nowMs);
  return {
    recent: [...use.recent.filter(({ atMs }) => atMs > time.monotonicMs - minuteMs), { atMs: time.monotonicMs, cost }],
    day,
    usedToday: (use.day === day ? use.usedToday : 0) + cost,
  };
}

function utcDay(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 10);
}
