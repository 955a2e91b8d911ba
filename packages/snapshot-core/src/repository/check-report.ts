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
  /** `error`: stored bytes are damaged or missing, even if another copy still serves; `warning`: nothing is damaged, as a killed process's leftover. */
  readonly severity: 'error' | 'warning';
  /** `<kind>/<name>` of the file, for instance `pack/3fa9…`. */
  readonly file: string;
  readonly message: string;
  /** Ids of the snapshots that cannot be restored whole because of it, sorted; empty when none is harmed. */
  readonly damagedSnapshots: readonly string[];
}

/** Outcome of `check`. */
export interface CheckReport {
  /** True when there is no finding of severity `error` and no damaged snapshot. */
  readonly intact: boolean;
  readonly findings: readonly CheckFinding[];
  /** Snapshots that cannot be restored whole, sorted. */
  readonly damagedSnapshots: readonly string[];
  /** Packs that are damaged or missing, sorted. */
  readonly damagedPacks: readonly string[];
  readonly filesChecked: number;
  readonly bytesRead: number;
}
