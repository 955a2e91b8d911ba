import type { IdSource } from '@winre-kit/sdk';

/** Ids that tests can predict: `operation-1`, `operation-2`, `session-1`, counted per kind. */
export function createSequentialIds(): IdSource {
  const counts = new Map<string, number>();
  return {
    next(kind) {
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      return `${kind}-${count}`;
    },
  };
}
