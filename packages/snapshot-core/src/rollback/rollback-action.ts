import type { ByteRange } from '../source/byte-range.ts';
import type { FileType } from '../source/file-facts.ts';

/** What a rollback does with one path, and why. */
export interface RollbackAction {
  /** Relative, names joined by `/`, as bytes; empty for the root. */
  readonly path: Uint8Array;
  /** The same, safe to print. */
  readonly displayPath: string;
  /**
   * `delete`: not in the snapshot, or of another type there. `create`: missing. `rewrite`: these ranges, in place.
   * `replace`: written anew and moved over the old one. `link`: becomes another name of a file of the snapshot.
   * `set-metadata`: content is right. `keep`: nothing to do, or not to be touched. `blocked`: cannot be done; reported as an issue.
   */
  readonly action: 'delete' | 'create' | 'rewrite' | 'replace' | 'link' | 'set-metadata' | 'keep' | 'blocked';
  readonly type: FileType | 'unread';
  /** For people. */
  readonly reason: string;
  /** At most this many bytes are written to the target. */
  readonly writeBytes: number;
  /** Bytes of the present state that are lost: of a deleted file, or those that differ. */
  readonly lostBytes: number;
  /** What differs, for `set-metadata`. */
  readonly metadata?: readonly ('mode' | 'owner' | 'time' | 'extended attributes')[];
  /** Ranges that differ, ascending, for `rewrite`. */
  readonly ranges?: readonly ByteRange[];
}

/** An action without its path: what the deciding functions answer with. */
export type RollbackDecision = Omit<RollbackAction, 'path' | 'displayPath'>;
