/** The kinds of files in a repository. */
export type FileKind = 'config' | 'key' | 'pack' | 'index' | 'snapshot' | 'intent' | 'epoch' | 'lease';

/** What the storage knows of a file without reading it. */
export interface StoredFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** Milliseconds since 1970 UTC, by the storage's own clock. */
  readonly modifiedAtMs: number;
}

/** Every call can be aborted; the signal's reason reaches the caller unchanged. */
export interface StorageCallOptions {
  readonly signal?: AbortSignal;
}

/**
 * Where a repository lives: a flat set of files named by (kind, name), written once and never changed.
 *
 * Implementations translate their own errors to `SnapshotError` once. Names are lower-case letters, digits, `-` and `.`,
 * 1 to 100 characters, never starting with a dot; anything else is refused with `argument/invalid`.
 */
export interface Storage {
  /** For messages: a path or address, without credentials. */
  readonly description: string;

  /** The folder the files lie in, when they lie on this machine; trees leave that folder out by its file id. */
  readonly localPath?: string | undefined;

  /**
   * Stores a file, whole or not at all, durable when the promise resolves. Never replaces.
   *
   * The parts are written one after the other; the storage does not keep them after the promise settles.
   *
   * @throws {SnapshotError} `storage/exists`, `storage/full`, `storage/read-only`, `storage/failed`; the file is not there then
   *   (after `storage/exists`: unchanged). A storage behind a network that failed, or a call that was aborted, may have stored it nevertheless, whole
   */
  put(kind: FileKind, name: string, parts: readonly Uint8Array[], options?: StorageCallOptions): Promise<void>;

  /**
   * Reads a whole file. The caller owns the bytes.
   *
   * @throws {SnapshotError} `storage/not-found`, `storage/failed`
   */
  get(kind: FileKind, name: string, options?: StorageCallOptions): Promise<Uint8Array>;

  /**
   * Reads a part of a file. A file that ends earlier gives fewer bytes, so callers check the length. The caller owns the bytes.
   *
   * @throws {SnapshotError} `storage/not-found`, `storage/failed`
   */
  getRange(kind: FileKind, name: string, offset: number, lengthBytes: number, options?: StorageCallOptions): Promise<Uint8Array>;

  /** Yields the finished files of a kind in no particular order; half-written ones never show. */
  list(kind: FileKind, options?: StorageCallOptions): AsyncIterable<StoredFile>;

  /** Facts of one file, or `undefined` when there is none. */
  stat(kind: FileKind, name: string, options?: StorageCallOptions): Promise<StoredFile | undefined>;

  /**
   * Removes a file. Removing one that is not there does nothing.
   *
   * @throws {SnapshotError} `storage/read-only`, `storage/failed`
   */
  delete(kind: FileKind, name: string, options?: StorageCallOptions): Promise<void>;

  /**
   * Makes all files of a kind durable that `list` shows: another process may not have come that far with one, and may have been killed. Absent: they are.
   *
   * @throws {SnapshotError} `storage/read-only`, `storage/failed`
   */
  settle?(kind: FileKind, options?: StorageCallOptions): Promise<void>;

  /** Removes what interrupted writes left behind more than that many milliseconds ago. */
  deleteLeftovers(olderThanMs: number, options?: StorageCallOptions): Promise<void>;

  /**
   * Whether of several that put one name at the same moment exactly one succeeds. Absent: yes.
   *
   * Without it `put` still refuses a name that was there before, and whoever must be alone needs another way to be sure of it.
   *
   * @throws {SnapshotError} `storage/read-only` or `storage/failed` when it cannot be found out
   */
  supportsExclusiveCreate?(options?: StorageCallOptions): Promise<boolean>;

  /** The storage's time, whole milliseconds since 1970 UTC. Leases and grace times are judged by it. */
  timeMs(): Promise<number>;
}
