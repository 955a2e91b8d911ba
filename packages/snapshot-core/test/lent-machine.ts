import { createHash } from 'node:crypto';
import type { Clock } from '../src/repository/clock.ts';
import type { LeaseHolder } from '../src/repository/lease.ts';

/** A clock whose sleeps take no time, and move it. */
export interface SteppingClock extends Clock {
  advance(durationMs: number): void;
}

export function createSteppingClock(startMs = 1_700_000_000_000): SteppingClock {
  let now = startMs;
  return {
    nowMs: () => now,
    advance: (durationMs) => {
      now += durationMs;
    },
    sleep: async (durationMs, options) => {
      options?.signal?.throwIfAborted();
      now += durationMs;
      // Who sleeps longer comes back later, so that sleepers spread out as they do in time.
      for (let passed = 0; passed < durationMs; passed += 20) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** Reproducible "random" bytes: SHA-256 of a counter. */
export function createSeededBytes(seed: string): (lengthBytes: number) => Uint8Array {
  let counter = 0;
  return (lengthBytes) => {
    const blocks: Buffer[] = [];
    for (let made = 0; made < lengthBytes; made += 32) blocks.push(createHash('sha256').update(`${seed} ${counter++}`).digest());
    return new Uint8Array(Buffer.concat(blocks).subarray(0, lengthBytes));
  };
}

/** A holder of leases on a machine where only the given processes run. */
export function createHolder(hostname: string, processId: number, running: ReadonlySet<number> = new Set([processId])): LeaseHolder {
  return { hostname, processId, isProcessAlive: (id) => running.has(id) };
}
