import type { CallOptions } from '../call-options.ts';
import type { LeaseOptions } from '../lease.ts';

/** How to repair. */
export interface RepairOptions extends CallOptions, Pick<LeaseOptions, 'waitAtMostMs' | 'ignoreOthers'> {
  /** Only look and report; nothing is written. Default false. */
  readonly dryRun?: boolean;
  /**
   * Remove what nothing can bring back: images with lost content, snapshots whose record or root is lost, records and key files that
   * cannot be read. Default false: they are named and kept.
   */
  readonly forgetUnrepairable?: boolean;
  /** How long leftovers, and condemned packs with unknown contents, are kept. Default 24 hours. */
  readonly graceMs?: number;
  /** As for `prune`. */
  readonly exclusive?: boolean;
}

/** One thing a repair does, and why. */
export interface RepairAction {
  /**
   * `write`: a new file in the place of a missing or damaged one. `list`: the index is written anew. `condemn`: nothing new relies on the
   * pack; what is intact and needed in it is copied. `replace`: a snapshot becomes a new one without what is lost.
   * `delete`: it is of no use any more. `forget`: given up, because you said so. `keep`: it cannot be repaired, and stays as it is.
   */
  readonly action: 'write' | 'list' | 'condemn' | 'replace' | 'delete' | 'forget' | 'keep';
  /** `<kind>/<name>` of the file concerned. */
  readonly file: string;
  /** For people. */
  readonly reason: string;
  /** Id of the snapshot that takes its place, for `replace`. */
  readonly newSnapshotId?: string;
}

/** What a repair did, or would do. */
export interface RepairReport {
  /** In the order in which they are done. Empty: there was nothing to repair. */
  readonly actions: readonly RepairAction[];
  /** False when something is damaged that could not be repaired and was kept: the actions `keep`. */
  readonly complete: boolean;
  /** Intact objects that snapshots need, copied out of packs that are condemned. */
  readonly copiedObjects: number;
  readonly copiedBytes: number;
}
