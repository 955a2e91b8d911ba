import type { TrackedSession } from './tracked-session.ts';

/** A session is probed after this many heartbeat intervals without a word. */
const silentIntervals = 3;

/** Sessions to probe now, and how long until the next one could be due. */
export function judgeSilence(sessions: Iterable<TrackedSession>, monotonicMs: number): { readonly silent: readonly TrackedSession[]; readonly nextCheckMs: number } {
  const silent: TrackedSession[] = [];
  let nextCheckMs = 60_000;
  for (const tracked of sessions) {
    if (tracked.state === 'ended' || tracked.state === 'lost') continue;
    const leftMs = tracked.heardAtMonotonicMs + silentIntervals * tracked.session.heartbeatEveryMs - monotonicMs;
    if (leftMs < 0) silent.push(tracked);
    else nextCheckMs = Math.min(nextCheckMs, leftMs + 1);
  }
  return { silent, nextCheckMs };
}

/** What a probe's answer means for a session that was silent: only a newer sign of life counts. */
export function isAlive(known: TrackedSession, probed: { readonly lastSeenAt: string }): boolean {
  return Date.parse(probed.lastSeenAt) > Date.parse(known.session.lastSeenAt);
}
