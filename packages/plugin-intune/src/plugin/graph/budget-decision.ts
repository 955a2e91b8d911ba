/** How much may be sent in any window of time. */
export interface BudgetLimits {
  readonly windowMs: number;
  /** Reads and writes together. */
  readonly maxRequests: number;
  readonly maxWrites: number;
}

/** What was sent lately, and what Graph said to it. Times are on a clock that never jumps. */
export interface BudgetState {
  /** Oldest first. */
  readonly sent: readonly { readonly atMs: number; readonly isWrite: boolean }[];
  readonly closedUntilMs: number;
  /** How often in a row Graph refused without saying for how long. */
  readonly refusals: number;
}

export type BudgetDecision = { readonly go: true } | { readonly go: false; readonly waitMs: number; readonly reason: string };

export const freshBudget: BudgetState = { sent: [], closedUntilMs: -Infinity, refusals: 0 };

const longestGuessMs = 60_000;

/** What is about to go out together: one request, or a batch. */
export interface BudgetDemand {
  readonly isWrite: boolean;
  /** How many requests Graph will count; never more than fit into one window. */
  readonly requests: number;
}

/** Whether something may go out now, or how long until it is worth asking again. */
export function budgetDecision({ sent, closedUntilMs }: BudgetState, { windowMs, maxRequests, maxWrites }: BudgetLimits, { isWrite, requests }: BudgetDemand, nowMs: number): BudgetDecision {
  if (nowMs < closedUntilMs) return { go: false, waitMs: closedUntilMs - nowMs, reason: 'Graph asked to wait' };
  const live = sent.filter(({ atMs }) => atMs + windowMs > nowMs);
  const writes = live.filter((request) => request.isWrite);
  /** When the request leaves the window whose leaving makes room for all that is about to go out. */
  const roomMs = (list: BudgetState['sent'], max: number): number => (list[list.length - max + requests - 1]?.atMs ?? -Infinity) + windowMs;
  const requestsMs = roomMs(live, maxRequests);
  const writesMs = isWrite ? roomMs(writes, maxWrites) : -Infinity;
  if (writesMs > nowMs && writesMs >= requestsMs) return { go: false, waitMs: writesMs - nowMs, reason: `${maxWrites} writes within ${windowMs} ms are all that Graph allows` };
  if (requestsMs > nowMs) return { go: false, waitMs: requestsMs - nowMs, reason: `${maxRequests} requests within ${windowMs} ms are all that Graph allows` };
  return { go: true };
}

/** The state after it went out; what left the window is forgotten. */
export function noteSent(state: BudgetState, { windowMs }: BudgetLimits, { isWrite, requests }: BudgetDemand, nowMs: number): BudgetState {
  return { ...state, sent: [...state.sent.filter(({ atMs }) => atMs + windowMs > nowMs), ...Array.from({ length: requests }, () => ({ atMs: nowMs, isWrite }))] };
}

/**
 * The state after a 429. Without a time from Graph the wait doubles each time; answers to requests that were on their way together count as one.
 *
 * @param retryAfterMs what Graph asked for, when it said so
 */
export function noteRefused(state: BudgetState, nowMs: number, retryAfterMs: number | undefined): BudgetState {
  const refusals = retryAfterMs === undefined && nowMs >= state.closedUntilMs ? state.refusals + 1 : state.refusals;
  const waitMs = retryAfterMs ?? Math.min(longestGuessMs, 1_000 * 2 ** Math.max(0, refusals - 1));
  return { ...state, refusals, closedUntilMs: Math.max(state.closedUntilMs, nowMs + waitMs) };
}

/** The state after a request that Graph served. */
export function noteServed(state: BudgetState): BudgetState {
  return state.refusals === 0 ? state : { ...state, refusals: 0 };
}
