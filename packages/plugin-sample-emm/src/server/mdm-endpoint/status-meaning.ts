import { describeStatusCode } from '@winre-kit/sdk/windows';

/** What a status of the device means for whoever sent the command. */
export type StatusMeaning = 'done' | 'busy' | 'absent' | 'undone' | 'refused';

/** Not to blame itself: another member of the Atomic failed. 507 is the Atomic's own. */
const undone: ReadonlySet<number> = new Set([215, 216, 507]);

/** Sorts a status code. A missing one is a refusal: nothing is known to have been done. */
export function meaningOfStatus(status: number | undefined): StatusMeaning {
  if (status === undefined) return 'refused';
  if (undone.has(status)) return 'undone';
  const { outcome, retry, mayBeUnknownNode } = describeStatusCode(status);
  if (outcome === 'done' || outcome === 'accepted') return 'done';
  if (mayBeUnknownNode) return 'absent';
  return retry === 'with-backoff' ? 'busy' : 'refused';
}
