import { SnapshotError } from '../errors/snapshot-error.ts';

/** Hours between two restore points, as Windows offers them. */
export const cadenceHours = [4, 6, 12, 16, 24] as const;
/** Hours for which restore points are kept, as Windows offers them. */
export const retentionHours = [4, 6, 12, 16, 24, 72] as const;

/** When restore points are taken and how long they are kept. */
export interface RetentionPolicy {
  readonly cadenceHours: (typeof cadenceHours)[number];
  readonly retentionHours: (typeof retentionHours)[number];
  /** What restore points may take on disk together. Default: no limit. */
  readonly diskBudgetBytes?: number;
  /** Snapshots with one of these labels are never removed and not counted. Default: none. */
  readonly keepLabels?: readonly string[];
  /** Remove even the newest good point when time or budget say so. Default false. */
  readonly mayRemoveNewestGood?: boolean;
}

/**
 * Checks a policy that somebody configured, and answers with it.
 *
 * @throws {SnapshotError} `argument/invalid`, naming the field and what was expected
 */
export function checkRetentionPolicy(policy: unknown): RetentionPolicy {
  if (typeof policy !== 'object' || policy === null) throw refused('the policy', 'an object', policy);
  const { cadenceHours: cadence, retentionHours: retention, diskBudgetBytes, keepLabels, mayRemoveNewestGood, ...unknown } = { ...policy } as Record<string, unknown>;
  const [firstUnknown] = Object.keys(unknown);
  if (firstUnknown !== undefined) throw refused(firstUnknown, 'no such field', unknown[firstUnknown]);
  const knownCadence = cadenceHours.find((hours) => hours === cadence);
  if (knownCadence === undefined) throw refused('cadenceHours', `one of ${cadenceHours.join(', ')}`, cadence);
  const knownRetention = retentionHours.find((hours) => hours === retention);
  if (knownRetention === undefined) throw refused('retentionHours', `one of ${retentionHours.join(', ')}`, retention);
  if (knownRetention < knownCadence) throw refused('retentionHours', `at least the cadence of ${knownCadence} hours, or points expire before the next one`, retention);
  if (diskBudgetBytes !== undefined && !(Number.isSafeInteger(diskBudgetBytes) && Number(diskBudgetBytes) > 0)) throw refused('diskBudgetBytes', 'a whole number of bytes above 0', diskBudgetBytes);
  if (keepLabels !== undefined && !isTextList(keepLabels)) throw refused('keepLabels', 'a list of text', keepLabels);
  if (mayRemoveNewestGood !== undefined && typeof mayRemoveNewestGood !== 'boolean') throw refused('mayRemoveNewestGood', 'true or false', mayRemoveNewestGood);
  return {
    cadenceHours: knownCadence, retentionHours: knownRetention,
    ...(diskBudgetBytes !== undefined && { diskBudgetBytes: Number(diskBudgetBytes) }),
    ...(keepLabels !== undefined && { keepLabels }),
    ...(mayRemoveNewestGood !== undefined && { mayRemoveNewestGood }),
  };
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function refused(field: string, expected: string, got: unknown): SnapshotError {
  return new SnapshotError('argument/invalid', `retention policy: ${field} must be ${expected}; got ${JSON.stringify(got) ?? 'nothing'}`);
}
