import type { CheckReport } from '@winre-kit/snapshot-core';

/** What a check says about one snapshot, and because of which file. */
export interface SnapshotVerdict {
  /** `unverified`: something it needs could not be read, and nothing that could be read is damaged. */
  readonly state: 'intact' | 'damaged' | 'unverified';
  readonly detail?: string;
}

/** Finds what a check says about a snapshot. Pure. */
export function judgeSnapshot(id: string, { findings, damagedSnapshots, unverifiedSnapshots }: CheckReport): SnapshotVerdict {
  const state = damagedSnapshots.includes(id) ? 'damaged' : unverifiedSnapshots.includes(id) ? 'unverified' : 'intact';
  const finding = findings.find((each) => (state === 'damaged' ? each.damagedSnapshots : each.unverifiedSnapshots).includes(id));
  return { state, ...(finding && { detail: `${finding.file}: ${finding.message}` }) };
}
