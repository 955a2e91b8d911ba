import type { FileEntry, TreeEntry, UnreadReason } from '../../format/tree-entry.ts';
import type { DirectoryHandle } from '../../source/directory-handle.ts';
import type { ExtendedAttributes } from '../../source/extended-attributes.ts';
import type { FileFacts } from '../../source/file-facts.ts';
import type { Pacer } from '../../source/pacer.ts';
import type { EngineTools } from '../engine/engine-tools.ts';
import type { ObjectPort } from '../object-port.ts';
import type { SnapshotTally } from '../snapshot-tally.ts';
import type { LinkedFile } from './linked-file.ts';
import type { TakenItem } from './taken-item.ts';
import type { WorkBudget } from './work-budget.ts';

/** Stores a directory that is open, and everything in it as far as the budget goes. */
export type TakeDirectory = (
  context: TakeContext, handle: DirectoryHandle, place: { readonly path: Uint8Array; readonly name: Uint8Array; readonly facts: FileFacts }, parent: TreeEntry | undefined,
) => Promise<TakenItem>;

/** What every step of one unit of a tree's snapshot shares. */
export interface TakeContext {
  readonly tools: EngineTools;
  /** Goes down into a directory. */
  readonly takeDirectory: TakeDirectory;
  readonly objects: ObjectPort;
  readonly tally: SnapshotTally;
  readonly pacer: Pacer;
  /** Throws when the work was aborted; for long stretches without a step. */
  readonly check: () => void;
  readonly budget: WorkBudget;
  readonly attributes: ExtendedAttributes;
  readonly nowMs: () => number;
  /** Read every file even when its metadata says it is the parent's. */
  readonly verifyAll: boolean;
  /** The snapshot's, for the rotation of what is re-hashed. */
  readonly generation: number;
  /** Left out, by file id; the value says why. */
  readonly excluded: ReadonlyMap<string, Extract<UnreadReason, 'excluded' | 'repository'>>;
  /** Their inodes, as a quick first test. */
  readonly excludedInodes: ReadonlySet<number>;
  /** As in the source; absent elsewhere than on Windows. */
  readonly windowsAttributes?: ((path: Uint8Array) => number | undefined) | undefined;
  /** Device of the root: what lies on another one is left out. */
  readonly device: bigint;
  /** Files with several names that were taken already, by file id. */
  readonly linked: Map<string, FileEntry>;
  /** The same as they were counted, for the counts of the whole tree. */
  readonly linkedFiles: LinkedFile[];
}
