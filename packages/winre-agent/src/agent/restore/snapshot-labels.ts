import type { RestorePoint } from '@winre-kit/sdk';

const triggerPrefix = 'trigger:';
const buildPrefix = 'os-build:';
/** A golden snapshot carries this label with the id of the offering it is the media of. */
const offeringPrefix = 'offering:';

/** Labels that restore points are recognised by. */
export function restorePointLabels(trigger: 'schedule' | 'request', osBuild: string): readonly string[] {
  return [`${triggerPrefix}${trigger}`, `${buildPrefix}${osBuild}`];
}

/** The label by which the golden snapshot of an offering is found. */
export function offeringLabel(offeringId: string): string {
  return `${offeringPrefix}${offeringId}`;
}

/** What the labels of a snapshot say about it as a restore point. A safety snapshot of the storage engine carries `safety`. */
export function readLabels(labels: readonly string[]): { readonly trigger: RestorePoint['trigger']; readonly osBuild?: string } {
  const value = (prefix: string): string | undefined => labels.find((label) => label.startsWith(prefix))?.slice(prefix.length);
  const named = value(triggerPrefix);
  const trigger = labels.includes('safety') ? 'safety' : named === 'schedule' || named === 'request' ? named : 'unknown';
  const osBuild = value(buildPrefix);
  return { trigger, ...(osBuild !== undefined && { osBuild }) };
}
