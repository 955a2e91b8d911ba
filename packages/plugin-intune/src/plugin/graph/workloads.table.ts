import type { BudgetLimits } from './budget-decision.ts';

/** Requests that Graph counts together. */
export type Workload = 'devices' | 'configuration' | 'other';

const windowMs = 20_000;

/**
 * What Graph allows one application in one tenant. Of `other` nothing is published, so only Graph's own 429 holds it back.
 * @see https://learn.microsoft.com/graph/throttling-limits (Intune: devices, device configuration v2)
 */
export const workloadLimits: Readonly<Record<Workload, BudgetLimits>> = {
  devices: { windowMs, maxRequests: 2_000, maxWrites: 200 },
  configuration: { windowMs, maxRequests: 1_000, maxWrites: 100 },
  other: { windowMs, maxRequests: Infinity, maxWrites: Infinity },
};

/** First match wins. `deviceConfigurations` has limits that are not published; the tightest known ones do no harm. */
const prefixes: readonly (readonly [prefix: string, workload: Workload])[] = [
  ['/deviceManagement/managedDevices', 'devices'],
  ['/deviceManagement/deviceHealthScripts', 'devices'],
  ['/deviceManagement/deviceManagementScripts', 'devices'],
  ['/deviceManagement/remoteActionAudits', 'devices'],
  ['/deviceManagement/configurationPolicies', 'configuration'],
  ['/deviceManagement/configurationSettings', 'configuration'],
  ['/deviceManagement/deviceConfigurations', 'configuration'],
];

/** Which budget a path below the version draws on. */
export function workloadOf(path: string): Workload {
  return prefixes.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`) || path.startsWith(`${prefix}?`))?.[1] ?? 'other';
}
