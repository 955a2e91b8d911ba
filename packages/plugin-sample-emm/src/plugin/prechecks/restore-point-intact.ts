import type { RestorePoint } from '@winre-kit/sdk';
import type { Observation } from '../devices/ask-device.ts';
import type { PlannedPrecheck } from './precheck.ts';

/** Met only when a check has read the restore point back; `unverified` counts as unknown. */
export function judgeRestorePoint(restorePointId: string, point: Observation<RestorePoint>, observedAt: string): PlannedPrecheck {
  const id = 'restore-point-intact';
  if (!point.seen) return { id, state: 'unknown', observedAt, evidence: point.reason };
  const { state, detail } = point.seen;
  const evidence = `restore point ${restorePointId} is ${state}${detail ? `: ${detail}` : ''}`;
  if (state === 'unverified') return { id, state: 'unknown', observedAt, evidence };
  return { id, state: state === 'intact' ? 'met' : 'unmet', observedAt, evidence };
}
