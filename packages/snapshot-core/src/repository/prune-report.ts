import type { CallOptions } from './call-options.ts';
import type { LeaseOptions } from './lease.ts';

/** How eagerly to free space. */
export interface PruneOptions extends CallOptions, Pick<LeaseOptions, 'waitAtMostMs'> {
  /** How long a condemned pack is kept before a later run deletes it. Default 24 hours. */
  readonly graceMs?: number;
  /** Packs with more than this share of dead bytes are rewritten, 0 to 1. Default 0.5. */
  readonly rewriteAboveDeadShare?: number;
  /**
   * Your word that nobody else uses the repository until prune is done, on whatever machine. Only asked for where the storage cannot
   * create a file exclusively, as some S3 servers cannot: there, leases of two that start at the same moment may not see each other. Default false.
   */
  readonly exclusive?: boolean;
  /**
   * Your word that a repository without a single snapshot is meant to be so, and everything in it may go. Only asked for where there are packs and no
   * snapshot record: after the last one was forgotten on purpose, but also where the folder of the records is not mounted, or is still being copied. Default false.
   */
  readonly allowEmpty?: boolean;
  /** Only plan. Default false. */
  readonly dryRun?: boolean;
}

/** What becomes of one pack, and why. */
export interface PackVerdict {
  readonly packName: string;
  /** `rewrite`: its live objects are copied to a new pack, then it is condemned (or stays so). `reprieve`: needed again, no longer condemned. */
  readonly action: 'keep' | 'condemn' | 'rewrite' | 'delete' | 'await-grace' | 'reprieve';
  readonly reason: string;
  readonly liveBytes: number;
  readonly deadBytes: number;
}

/** What a prune did, or would do. */
export interface PruneReport {
  readonly verdicts: readonly PackVerdict[];
  /** Epoch after the run; unchanged when nothing was condemned, reprieved or deleted. */
  readonly epoch: number;
  readonly deletedBytes: number;
  readonly condemnedBytes: number;
}
