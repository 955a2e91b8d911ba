/** What a status of the device means for whoever sent the command. */
export type StatusMeaning = 'done' | 'busy' | 'absent' | 'undone' | 'refused';

const busy: ReadonlySet<number> = new Set([417, 503]);
const absent: ReadonlySet<number> = new Set([404, 405, 406]);
/** Not to blame itself: another member of the Atomic failed. 507 is the Atomic's own. */
const undone: ReadonlySet<number> = new Set([215, 216, 507]);

/**
 * Sorts a status code. A missing one is a refusal: nothing is known to have been done.
 *
 * @see https://learn.microsoft.com/windows/client-management/oma-dm-protocol-support
 */
export function meaningOfStatus(status: number | undefined): StatusMeaning {
  if (status === undefined) return 'refused';
  if (undone.has(status)) return 'undone';
  if (status >= 200 && status < 300) return 'done';
  if (busy.has(status)) return 'busy';
  return absent.has(status) ? 'absent' : 'refused';
}
