import { RecoveryError, type Clock } from '@winre-kit/sdk';

const windowMs = 60_000;

/**
 * Counts calls per key in windows of one minute.
 *
 * @throws {RecoveryError} `resource-exhausted` with the time until the window resets
 */
export function createMinuteLimit(clock: Clock, perMinute: number, what: string): (key: string) => void {
  let windowBegan = clock.monotonicMs();
  let counts = new Map<string, number>();
  return (key) => {
    const nowMs = clock.monotonicMs();
    if (nowMs - windowBegan >= windowMs) {
      windowBegan = nowMs;
      counts = new Map();
    }
    const count = (counts.get(key) ?? 0) + 1;
    if (count > perMinute) throw new RecoveryError('resource-exhausted', `${what}: ${perMinute} a minute are used up`, { retryAfterMs: Math.ceil(windowBegan + windowMs - nowMs), facts: { window: 'minute', limit: perMinute } });
    counts.set(key, count);
  };
}
