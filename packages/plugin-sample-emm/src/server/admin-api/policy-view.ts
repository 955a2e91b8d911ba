import { completeRemediationPolicy, completeRestorePolicy } from '@winre-kit/sdk/windows';
import type { MdmReport } from '../mdm-endpoint/mdm-session.ts';
import type { StoredSettings } from '../store/mdm-settings-store.ts';

/** Policies that a device can have, and be read to have. */
export type PolicyName = 'restore' | 'remediation';

/** What the device was seen to have, or what is stored for it when that was never seen. */
export interface PolicyView {
  readonly policy: object | null;
  readonly source: 'device' | 'stored';
  readonly observedAt?: string;
  /** Members that the device does not say, taken from what is stored or from Windows' own defaults: a switch that is off hides what belongs to it. */
  readonly assumed?: readonly string[];
}

/**
 * Chooses what to show. Pure.
 *
 * @param desired what the device should have, by itself or by its group
 * @param report what it was last read to have; nothing when it never was
 */
export function policyView(name: PolicyName, desired: Pick<StoredSettings, PolicyName>, report: Pick<MdmReport, 'actual' | 'observedAt'> | undefined): PolicyView {
  if (report?.actual === undefined || report.observedAt === undefined) return { policy: desired[name] ?? null, source: 'stored' };
  const { policy, assumed } = name === 'restore' ? completeRestorePolicy(report.actual, desired.restore) : completeRemediationPolicy(report.actual, desired.remediation);
  return { policy: policy ?? null, source: 'device', observedAt: report.observedAt, ...(policy && assumed.length > 0 && { assumed }) };
}
