import { restoreCadenceHoursSchema, restoreRetentionHoursSchema, type RestorePolicy } from '../../schemas/restore.ts';

/**
 * Bytes in what the Recovery provider calls a megabyte (grade I: the limits of 2,048 and 51,200 are the page's 2 GB and 50 GB).
 * @see https://learn.microsoft.com/en-us/windows/configuration/point-in-time-restore
 */
export const bytesPerMegabyte = 1_048_576;
const minutesPerHour = 60;

/**
 * Whole megabytes that fit into a limit; `isExact` is false when some bytes are left over.
 *
 * Our own rule: a limit is rounded down, since a device must not take more than somebody allowed.
 */
export function megabytesOf(bytes: number): { readonly megabytes: number; readonly isExact: boolean } {
  return { megabytes: Math.floor(bytes / bytesPerMegabyte), isExact: bytes % bytesPerMegabyte === 0 };
}

/**
 * Hours as the minutes that the nodes take.
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/recovery-csp
 */
export function minutesOfHours(hours: number): number {
  return hours * minutesPerHour;
}

/**
 * The cadence of a policy for a number of minutes, or undefined when a policy has no such cadence.
 * @see https://learn.microsoft.com/en-us/windows/configuration/point-in-time-restore (a policy has what the Settings app offers; the node takes more)
 */
export function cadenceHoursOf(minutes: number): RestorePolicy['cadenceHours'] | undefined {
  return restoreCadenceHoursSchema.safeParse(minutes / minutesPerHour).data;
}

/**
 * The retention of a policy for a number of minutes, or undefined when a policy has no such retention.
 * @see https://learn.microsoft.com/en-us/windows/configuration/point-in-time-restore (a policy has what the Settings app offers; the node takes more)
 */
export function retentionHoursOf(minutes: number): RestorePolicy['retentionHours'] | undefined {
  return restoreRetentionHoursSchema.safeParse(minutes / minutesPerHour).data;
}
