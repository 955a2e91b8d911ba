import { restoreCadenceHoursSchema, restoreRetentionHoursSchema, type RestorePolicy } from '../../schemas/restore.ts';

/** Bytes in what the Recovery provider calls a megabyte. */
export const bytesPerMegabyte = 1_048_576;
const minutesPerHour = 60;

/** Whole megabytes that fit into a limit; `isExact` is false when some bytes are left over. */
export function megabytesOf(bytes: number): { readonly megabytes: number; readonly isExact: boolean } {
  return { megabytes: Math.floor(bytes / bytesPerMegabyte), isExact: bytes % bytesPerMegabyte === 0 };
}

/** Hours as the minutes that the nodes take. */
export function minutesOfHours(hours: number): number {
  return hours * minutesPerHour;
}

/** The cadence of a policy for a number of minutes, or undefined when a policy has no such cadence. */
export function cadenceHoursOf(minutes: number): RestorePolicy['cadenceHours'] | undefined {
  return restoreCadenceHoursSchema.safeParse(minutes / minutesPerHour).data;
}

/** The retention of a policy for a number of minutes, or undefined when a policy has no such retention. */
export function retentionHoursOf(minutes: number): RestorePolicy['retentionHours'] | undefined {
  return restoreRetentionHoursSchema.safeParse(minutes / minutesPerHour).data;
}
