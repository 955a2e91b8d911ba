import { describeStatusCode } from '@winre-kit/sdk/windows';
import type { AskedCommand } from './mdm-session.ts';

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

/** Sorts the answer to one command. What was to be deleted and is not there is done; what was seen and is gone since says nothing about the build. */
export function meaningOfAnswer({ name, status }: Pick<AskedCommand, 'name' | 'status'>): StatusMeaning {
  if (status === 404 && name === 'Delete') return 'done';
  return status === 404 && name === 'Replace' ? 'refused' : meaningOfStatus(status);
}
