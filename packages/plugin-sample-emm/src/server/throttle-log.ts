import type { Clock, Logger } from '@winre-kit/sdk';

const windowMs = 60_000;
const linesPerWindow = 20;

/**
 * A logger for what strangers can cause as often as they like: of each kind of line, by message, code and refusal, 20 a minute are written. The next one after that says
 * in `leftOut` how many were not.
 */
export function throttleLog(logger: Logger, clock: Pick<Clock, 'monotonicMs'>): Logger {
  const kinds = new Map<string, { began: number; count: number }>();
  return {
    log(level, message, fields = {}) {
      const kind = [message, fields['code'], fields['refusal']].join('\0');
      const nowMs = clock.monotonicMs();
      const known = kinds.get(kind);
      if (known && nowMs - known.began < windowMs) {
        known.count += 1;
        if (known.count <= linesPerWindow) logger.log(level, message, fields);
        return;
      }
      const leftOut = Math.max(0, (known?.count ?? 0) - linesPerWindow);
      kinds.set(kind, { began: nowMs, count: 1 });
      logger.log(level, message, leftOut > 0 ? { ...fields, leftOut } : fields);
    },
  };
}
