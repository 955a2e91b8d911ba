import { remediationPolicySchema, type RemediationPolicy } from '../../schemas/remediation.ts';
import { restorePolicySchema, type RestorePolicy } from '../../schemas/restore.ts';
import type { ReadSettings } from './read-settings.ts';

/** A policy made whole from what a device gave. */
export interface CompletedPolicy<Policy> {
  /** Absent when a member is missing, or the members do not fit together. */
  readonly policy?: Policy;
  /** Members that the device did not give, taken from what it was asked for or from a documented default. */
  readonly assumed: readonly (keyof Policy & string)[];
  /** Members for which there is neither. */
  readonly missing: readonly (keyof Policy & string)[];
}

/**
 * The remediation policy of a device. A switch that it did not give is not assumed: unset, it follows edition and management state.
 *
 * Timers count only while the device tries by itself, and are not stored before; then they are those of `asked`, or 180 and 30 minutes.
 * @see https://learn.microsoft.com/en-us/windows/configuration/quick-machine-recovery
 */
export function completeRemediationPolicy({ remediation }: Pick<ReadSettings, 'remediation'>, asked?: RemediationPolicy): CompletedPolicy<RemediationPolicy> {
  const timeToRebootMinutes = remediation.timeToRebootMinutes ?? asked?.timeToRebootMinutes ?? 180;
  const retryIntervalMinutes = remediation.retryIntervalMinutes ?? Math.min(asked?.retryIntervalMinutes ?? 30, timeToRebootMinutes);
  return complete(['cloudRemediation', 'autoRemediation', 'timeToRebootMinutes', 'retryIntervalMinutes'], remediation, { timeToRebootMinutes, retryIntervalMinutes }, (policy) => remediationPolicySchema.safeParse(policy).data);
}

/**
 * The restore policy of a device. Cadence and retention that it did not give are those of `asked`, or 24 and 72 hours; the disk limit is that of `asked`: its default depends
 * on the disk.
 * @see https://learn.microsoft.com/en-us/windows/configuration/point-in-time-restore
 */
export function completeRestorePolicy({ restore }: Pick<ReadSettings, 'restore'>, asked?: RestorePolicy): CompletedPolicy<RestorePolicy> {
  const defaults = { cadenceHours: asked?.cadenceHours ?? 24, retentionHours: asked?.retentionHours ?? 72, ...(asked === undefined ? {} : { maxDiskBytes: asked.maxDiskBytes }) } as const;
  return complete(['enabled', 'cadenceHours', 'retentionHours', 'maxDiskBytes'], restore, defaults, (policy) => restorePolicySchema.safeParse(policy).data);
}

function complete<Policy extends object>(members: readonly (keyof Policy & string)[], read: Partial<Policy>, defaults: Partial<Policy>, parse: (policy: Partial<Policy>) => Policy | undefined): CompletedPolicy<Policy> {
  const assumed = members.filter((member) => read[member] === undefined && defaults[member] !== undefined);
  const missing = members.filter((member) => read[member] === undefined && defaults[member] === undefined);
  const policy = missing.length > 0 ? undefined : parse({ ...defaults, ...read });
  return { ...(policy === undefined ? {} : { policy }), assumed, missing };
}
