/** What happens later in the tenant, in order of time. Nothing runs by itself: `settle` runs what is due. */
export interface Schedule {
  /** Runs `run` with the moment it was due, once time has come so far. Equal moments keep the order in which they were given. */
  at(dueMs: number, run: (nowMs: number) => void): void;
  /** Runs everything due until then, what that brings about included. */
  settle(nowMs: number): void;
}

interface DueEvent {
  readonly dueMs: number;
  run(nowMs: number): void;
}

/** An empty schedule. */
export function createSchedule(): Schedule {
  const events: DueEvent[] = [];
  return {
    at(dueMs, run) {
      const after = events.findLastIndex((event) => event.dueMs <= dueMs);
      events.splice(after + 1, 0, { dueMs, run });
    },
    settle(nowMs) {
      for (let event = events[0]; event && event.dueMs <= nowMs; event = events[0]) {
        events.shift();
        event.run(event.dueMs);
      }
    },
  };
}
