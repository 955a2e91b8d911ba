/** One exchange of a nonce for a signed time, all in milliseconds; `sent` and `received` are on the agent's monotonic clock. */
export interface TimeSample {
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
  /** Since 1970, by the gateway, at some moment between sent and received. */
  readonly gatewayTimeMs: number;
}

/** What to add to the monotonic clock to get the gateway's time: it lies between these two. */
export interface TimeAnchor {
  readonly earliestOffsetMs: number;
  readonly latestOffsetMs: number;
}

/**
 * Narrows the anchor by one more sample. A sample that contradicts the anchor replaces it: the monotonic clock stood still while the machine slept.
 */
export function anchorTime(anchor: TimeAnchor | undefined, sample: TimeSample): TimeAnchor {
  const fresh = { earliestOffsetMs: sample.gatewayTimeMs - sample.receivedAtMs, latestOffsetMs: sample.gatewayTimeMs - sample.sentAtMs };
  if (!anchor) return fresh;
  const narrowed = {
    earliestOffsetMs: Math.max(anchor.earliestOffsetMs, fresh.earliestOffsetMs),
    latestOffsetMs: Math.min(anchor.latestOffsetMs, fresh.latestOffsetMs),
  };
  return narrowed.earliestOffsetMs <= narrowed.latestOffsetMs ? narrowed : fresh;
}

/** The latest that the gateway's clock can show now, whole milliseconds since 1970: what expires is refused rather early than late. Undefined before the first signed time. */
export function gatewayTimeAt(anchor: TimeAnchor | undefined, monotonicMs: number): number | undefined {
  return anchor && Math.ceil(anchor.latestOffsetMs + monotonicMs);
}
