import type { CallOptions } from './call-options.ts';
import type { LeaseOptions } from './lease.ts';

/** How far a check is. */
export interface CheckProgress {
  readonly filesChecked: number;
  readonly bytesRead: number;
  /** With `readData`: the bytes of all packs, once they are listed. Trees are read again after them. */
  readonly totalBytes?: number;
}

/** What `check` looks at. */
export interface CheckOptions extends CallOptions, Pick<LeaseOptions, 'waitAtMostMs' | 'ignoreOthers'> {
  /** Read and verify every stored byte, not only structure and trees. Default false. */
  readonly readData?: boolean;
  readonly onProgress?: (progress: CheckProgress) => void;
}

/** One thing that is not as it should be. */
export interface CheckFinding {
  /**
   * `error`: stored bytes are damaged or missing, even if another copy still serves; `unread`: the storage did not give them, asked twice, so they may be
   * intact; `warning`: nothing is damaged, as a killed process's leftover.
   */
  readonly severity: 'error' | 'unread' | 'warning';
  /** `<kind>/<name>` of the file, for instance `pack/3fa9…`. */
  readonly file: string;
  readonly message: string;
  /** Ids of the snapshots that cannot be restored whole because of it, sorted; empty when none is harmed. */
  readonly damagedSnapshots: readonly string[];
  /** Ids of the snapshots of which nobody can say because of it whether they can be restored whole, sorted. */
  readonly unverifiedSnapshots: readonly string[];
}

/** Outcome of `check`. */
export interface CheckReport {
  /** True when everything that was to be looked at could be read and is as it was stored: no finding but warnings, no damaged or unverified snapshot. */
  readonly intact: boolean;
  readonly findings: readonly CheckFinding[];
  /** Snapshots that cannot be restored whole, sorted. */
  readonly damagedSnapshots: readonly string[];
  /** Snapshots that need something the storage did not give, and are not known to be damaged, sorted: check again when it answers. */
  readonly unverifiedSnapshots: readonly string[];
  /** Packs that are damaged or missing, sorted. Not those that could not be read. */
  readonly damagedPacks: readonly string[];
  readonly filesChecked: number;
  readonly bytesRead: number;
}
