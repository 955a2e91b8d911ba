import type { Workload } from '../surface/graph-row.ts';

/** Requests in any window of 20 seconds. */
export interface WorkloadLimit {
  readonly writesPerApp: number;
  readonly writesPerTenant: number;
  readonly requestsPerApp: number;
  readonly requestsPerTenant: number;
}

/** The limits of every workload that has some. */
export type WorkloadLimits = Readonly<Record<Exclude<Workload, 'other'>, WorkloadLimit>>;

/**
 * The limits that Microsoft publishes.
 *
 * @see https://learn.microsoft.com/en-us/graph/throttling-limits
 */
export const publishedLimits: WorkloadLimits = {
  devices: { writesPerApp: 200, writesPerTenant: 400, requestsPerApp: 2_000, requestsPerTenant: 4_000 },
  settings: { writesPerApp: 100, writesPerTenant: 200, requestsPerApp: 1_000, requestsPerTenant: 2_000 },
};

const windowMs = 20_000;

/** When requests were let through, by what they count against. */
export interface RequestWindows {
  readonly byKey: Map<string, number[]>;
}

/**
 * Lets a request through, or says how long until one fits. A refused request does not count.
 *
 * @returns milliseconds to wait; 0 when it was let through and counted
 */
export function takeRequest(windows: RequestWindows, limits: WorkloadLimits, request: { readonly workload: Workload; readonly isWrite: boolean; readonly appId: string; readonly nowMs: number }): number {
  const { workload, isWrite, appId, nowMs } = request;
  if (workload === 'other') return 0;
  const limit = limits[workload];
  const counters: readonly (readonly [string, number])[] = [
    [`${workload} any app ${appId}`, limit.requestsPerApp],
    [`${workload} any tenant`, limit.requestsPerTenant],
    ...(isWrite ? [[`${workload} writes app ${appId}`, limit.writesPerApp], [`${workload} writes tenant`, limit.writesPerTenant]] as const : []),
  ];
  const waits = counters.map(([key, most]) => {
    const recent = (windows.byKey.get(key) ?? []).filter((atMs) => atMs > nowMs - windowMs);
    windows.byKey.set(key, recent);
    const blocking = recent.at(-most);
    return blocking === undefined || recent.length < most ? 0 : blocking + windowMs - nowMs;
  });
  const waitMs = Math.max(...waits);
  if (waitMs === 0) for (const [key] of counters) windows.byKey.get(key)?.push(nowMs);
  return waitMs;
}
