import { describeStatusCode } from '@winre-kit/sdk/windows';
import type { MdmExecOutcome } from '../store/mdm-exec-store.ts';
import type { AskedCommand } from './mdm-session.ts';

/** What a status of the device means for whoever sent the command. `accepted`: it will be done. `existing`: what was to be added is there. */
export type StatusMeaning = 'done' | 'accepted' | 'busy' | 'absent' | 'existing' | 'undone' | 'refused';

/** Not to blame itself: another member of the Atomic failed. 507 is the Atomic's own. */
const undone: ReadonlySet<number> = new Set([216, 507]);
/** A device that is full is so in a minute, too. */
const full = 420;

/** Sorts a status code. A missing one is a refusal: nothing is known to have been done. */
export function meaningOfStatus(status: number | undefined): StatusMeaning {
  if (status === undefined || status === full) return 'refused';
  if (undone.has(status)) return 'undone';
  const { outcome, retry, mayBeUnknownNode } = describeStatusCode(status);
  if (outcome === 'done' || outcome === 'accepted') return outcome;
  if (mayBeUnknownNode) return 'absent';
  return retry === 'with-backoff' ? 'busy' : 'refused';
}

/**
 * Sorts the answer to one command. What was to be deleted and is not there is done; what was seen and is gone since, or cannot be deleted, says nothing about
 * the build.
 */
export function meaningOfAnswer({ name, status }: Pick<AskedCommand, 'name' | 'status'>): StatusMeaning {
  if (status === 404 && name === 'Delete') return 'done';
  if (status === 418 && name === 'Add') return 'existing';
  const meaning = meaningOfStatus(status);
  return meaning === 'absent' && (name === 'Delete' || (name === 'Replace' && status === 404)) ? 'refused' : meaning;
}

/** What an Exec came to by its status: `accepted` until the device says more, `unknown` where the code does not say whether it ran. */
export function execStateOf(status: number): MdmExecOutcome['state'] {
  const { outcome } = describeStatusCode(status);
  return outcome === 'not-done' ? 'failed' : outcome;
}
