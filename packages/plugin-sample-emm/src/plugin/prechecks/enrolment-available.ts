import type { PlannedPrecheck } from './precheck.ts';

/** Whether the EMM will let the device enrol again after the rebuild. */
export function judgeEnrolmentAvailable(enrolment: { readonly available: boolean; readonly detail: string; readonly observedAt: string }): PlannedPrecheck {
  return { id: 'enrolment-available', state: enrolment.available ? 'met' : 'unmet', observedAt: enrolment.observedAt, evidence: enrolment.detail };
}
