import type { SieveParameters } from '../chunking/sieve-parameters.ts';
import type { FileEntry } from '../format/tree-entry.ts';
import type { Repository } from '../repository/repository.ts';
import type { ExtendedAttributes } from '../source/extended-attributes.ts';
import type { Pacer } from '../source/pacer.ts';
import type { SnapshotTally } from './snapshot-tally.ts';

/** What every step of one snapshot shares. */
export interface TakeContext {
  readonly repository: Repository;
  readonly parameters: SieveParameters;
  readonly tally: SnapshotTally;
  readonly pacer: Pacer;
  readonly attributes: ExtendedAttributes;
  readonly nowMs: () => number;
  /** Read every file even when its metadata says it is the parent's. */
  readonly verifyAll: boolean;
  /** Left out, by file id; the value says why. */
  readonly excluded: ReadonlyMap<string, 'excluded' | 'repository'>;
  /** As in the source; absent elsewhere than on Windows. */
  readonly windowsAttributes?: (path: Uint8Array) => number | undefined;
  /** Device of the root: what lies on another one is left out. */
  readonly device: bigint;
  /** Files with several names that were read already, by file id. */
  readonly linked: Map<string, FileEntry>;
  readonly options: { readonly signal?: AbortSignal };
}
