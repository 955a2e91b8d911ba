import type { CloudPcSnapshot } from '../state/cloud-pc.ts';

/** The restore point that a bulk restore takes for a moment: the nearest on the wished side. Pure. Undefined when there is none. */
export function chooseSnapshot(snapshots: readonly CloudPcSnapshot[], wish: { readonly atMs: number; readonly timeRange: 'before' | 'after' | 'beforeOrAfter'; readonly ignoresUnhealthy: boolean }): CloudPcSnapshot | undefined {
  return snapshots
    .map((snapshot) => ({ snapshot, deltaMs: Date.parse(snapshot.createdDateTime) - wish.atMs }))
    .filter(({ snapshot, deltaMs }) => {
      if (wish.ignoresUnhealthy && snapshot.healthCheckStatus === 'unhealthy') return false;
      if (wish.timeRange === 'before') return deltaMs <= 0;
      return wish.timeRange === 'after' ? deltaMs >= 0 : true;
    })
    .toSorted((a, b) => Math.abs(a.deltaMs) - Math.abs(b.deltaMs))[0]?.snapshot;
}
