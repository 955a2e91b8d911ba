import type { ByteRange } from './byte-range.ts';
import type { FileId } from './file-facts.ts';
import type { VolumePort } from './volume-port.ts';

/** A directory tree. Only what lies on the root's own file system is taken. */
export interface DirectorySource {
  readonly kind: 'directory';
  readonly path: string;
  /** Files and directories to leave out, by id. A repository in a local folder is left out without being named here. */
  readonly exclude?: readonly FileId[];
  /**
   * On Windows: the attribute bits of a path beneath the root, names joined by `/`, as bytes; `undefined` when they cannot be had. Node cannot
   * ask. With it, cloud placeholders and files encrypted by EFS are kept by name alone and reported, instead of being fetched or stored in the clear.
   */
  readonly windowsAttributes?: (path: Uint8Array) => number | undefined;
}

/** A whole volume or raw image. */
export interface VolumeSource {
  readonly kind: 'volume';
  readonly volume: VolumePort;
  /**
   * All that was written since the parent snapshot was taken, in any order, from a change tracker. Regions without a change are taken
   * over from the parent, but for a rotating 1/32 that is read all the same: when one of those differs, the list is wrong and everything is read.
   * Without a parent of the same size it does not count. Both cases are in the report.
   */
  readonly changedRanges?: AsyncIterable<ByteRange> | Iterable<ByteRange>;
}

/** Bytes from anywhere, taken once. Each piece may be reused by its producer as soon as the next one is asked for. */
export interface StreamSource {
  readonly kind: 'stream';
  readonly description: string;
  readonly stream: AsyncIterable<Uint8Array>;
}

/** What a snapshot can be taken of. */
export type SnapshotSource = DirectorySource | VolumeSource | StreamSource;
