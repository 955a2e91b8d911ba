import { checkRetentionPolicy } from './retention-policy.ts';
import type { RetentionPolicy } from './retention-policy.ts';
import { safetyLabel } from '../format/safety-label.ts';

/** What retention needs to know of a snapshot; a `SnapshotRecord` fits, `damaged` comes from `check`. */
export interface RetentionCandidate {
  readonly id: string;
  readonly timeMs: number;
  readonly labels: readonly string[];
  readonly incomplete: boolean;
  readonly statistics: { readonly addedBytes: number };
  /** It cannot be restored whole. Default false. */
  readonly damaged?: boolean;
}

/** What becomes of one snapshot, and why. */
export interface RetentionVerdict {
  readonly id: string;
  readonly keep: boolean;
  /** For people, the deciding one first. */
  readonly reasons: readonly string[];
}

/** A snapshot this far ahead of the clock was taken by a clock that was wrong, or the clock went back since. */
export const clockToleranceMs = 5 * 60_000;
const hourMs = 3_600_000;

/**
 * Decides which snapshots to keep, newest first. Pure.
 *
 * Kept: protected labels; the newest good one; everything younger than the retention as far as the budget reaches, newest
 * first. Sizes are what each snapshot added when it was taken; removing the oldest frees at most that.
 * Good means restorable and complete, or at least restorable when none is complete; a safety snapshot only when there is no other. A snapshot dated in the future has
 * no known age: it is kept until points with a good date reach back over the whole retention.
 *
 * @throws {SnapshotError} `argument/invalid` for a policy that makes no sense
 */
export function planRetention(snapshots: readonly RetentionCandidate[], policy: RetentionPolicy, nowMs: number): readonly RetentionVerdict[] {
  const { retentionHours, diskBudgetBytes = Number.POSITIVE_INFINITY, keepLabels = [], mayRemoveNewestGood = false } = checkRetentionPolicy(policy);
  const newestFirst = snapshots.toSorted((left, right) => right.timeMs - left.timeMs || (left.id < right.id ? -1 : 1));
  const isFuture = ({ timeMs }: RetentionCandidate) => timeMs > nowMs + clockToleranceMs;
  const isProtected = ({ labels }: RetentionCandidate) => labels.some((label) => keepLabels.includes(label));
  const newestGood = findNewestGood([...newestFirst.filter((snapshot) => !isFuture(snapshot)), ...newestFirst.filter(isFuture)]);
  const windowIsCovered = newestFirst.some((snapshot) => !isFuture(snapshot) && snapshot.damaged !== true && nowMs - snapshot.timeMs >= retentionHours * hourMs);
  // Its bytes come first: it stays whatever the budget says.
  let usedBytes = newestGood === undefined || isProtected(newestGood) ? 0 : newestGood.statistics.addedBytes;
  return newestFirst.map((snapshot) => {
    const { id, timeMs } = snapshot;
    if (isProtected(snapshot)) return { id, keep: true, reasons: ['it has a protected label'] };
    const ageHours = (nowMs - timeMs) / hourMs;
    const against: string[] = [];
    if (isFuture(snapshot) && windowIsCovered) against.push('its date lies in the future, and points with a good date cover the whole retention');
    if (!isFuture(snapshot) && ageHours >= retentionHours) against.push(`it is ${Math.floor(ageHours)} hours old, the retention is ${retentionHours}`);
    const isNewestGood = id === newestGood?.id;
    if (against.length === 0) {
      const wouldUse = isNewestGood ? usedBytes : usedBytes + snapshot.statistics.addedBytes;
      if (wouldUse > diskBudgetBytes) against.push(`with it, ${wouldUse} bytes would be used of a budget of ${diskBudgetBytes}`);
      else usedBytes = wouldUse;
    }
    if (against.length === 0) return { id, keep: true, reasons: [isFuture(snapshot) ? 'its date lies in the future, so its age is not known' : `it is younger than ${retentionHours} hours`, ...(isNewestGood ? [newestGoodReason] : [])] };
    if (isNewestGood && !mayRemoveNewestGood) return { id, keep: true, reasons: [newestGoodReason, ...against] };
    return { id, keep: false, reasons: against };
  });
}

const newestGoodReason = 'it is the newest good restore point';

function findNewestGood(newestFirst: readonly RetentionCandidate[]): RetentionCandidate | undefined {
  const restorable = newestFirst.filter(({ damaged }) => damaged !== true);
  const wanted = restorable.filter(({ labels }) => !labels.includes(safetyLabel));
  return wanted.find(({ incomplete }) => !incomplete) ?? wanted[0] ?? restorable.find(({ incomplete }) => !incomplete) ?? restorable[0];
}
