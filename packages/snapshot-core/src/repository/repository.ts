import type { RepositoryConfig } from '../format/repository-config.ts';
import type { ObjectId, ObjectKind } from '../format/object-reference.ts';
import type { SnapshotDraft, SnapshotRecord } from '../format/snapshot-record.ts';
import type { CallOptions } from './call-options.ts';
import type { CheckOptions, CheckReport } from './check-report.ts';
import type { EngineAccess } from './engine-access.ts';
import type { LeaseMode, LeaseOptions } from './lease.ts';
import type { PruneOptions, PruneReport } from './prune-report.ts';
import type { RepositoryKeys } from './repository-keys.ts';

/** Answer of `save`. */
export interface SavedObject {
  readonly id: ObjectId;
  /** False when the repository held the same bytes already. */
  readonly added: boolean;
}

/** Where an object lies; sort by `packName`, then `offset`, to read in storage order. */
export interface ObjectLocation {
  readonly kind: ObjectKind;
  readonly packName: string;
  /** Where in the file it starts; in a compressed frame about where. Never falls in storage order. */
  readonly offset: number;
  readonly lengthBytes: number;
}

/** Snapshot records that could be read, oldest first, and those that could not. */
export interface SnapshotList {
  readonly snapshots: readonly SnapshotRecord[];
  readonly damaged: readonly { readonly id: string; readonly reason: string }[];
}

/**
 * An open repository. One object serves one process; calls may overlap.
 *
 * Writing calls (`save`, `flush`, `commitSnapshot`, `forgetSnapshot`, `putRecord`, `deleteRecord`) need a lease held
 * through `withLease`. After a failed write the object stays broken by design: open the repository again.
 */
export interface Repository extends RepositoryKeys {
  /** 32 hexadecimal characters, random, given at creation. */
  readonly id: string;
  readonly config: RepositoryConfig;
  /** 32 bytes from the repository's secret for `deriveSieveParameters`. Keep it out of logs. */
  readonly chunkingKey: Uint8Array;
  /** For the hot loops of this package alone; everything in it may change. */
  readonly engine: EngineAccess;
  /** For messages: where the repository lives. */
  readonly description: string;
  /** The local folder it lives in, from its storage; trees leave that folder out by its file id. */
  readonly localPath?: string | undefined;

  /**
   * Runs `work` while holding a lease. `shared` for taking and restoring snapshots, `exclusive` for repair-like work.
   *
   * The lease is renewed by the calls made during the work and given back however the work ends.
   * A shared lease on a storage that is full or refuses writes is granted without a trace, so that reading stays possible.
   *
   * @throws {SnapshotError} `repository/locked` when another holder excludes it and `waitAtMostMs` has passed; names the holder
   */
  withLease<T>(mode: LeaseMode, work: () => Promise<T>, options?: LeaseOptions): Promise<T>;

  /** The id these bytes would have. Pure. */
  identify(bytes: Uint8Array): ObjectId;

  /**
   * Whether an object is stored or waiting in an open pack, and may be relied on: not in a condemned pack, not known to be damaged.
   * Says nothing about what a tree refers to: ask for each.
   */
  has(id: ObjectId, kind?: ObjectKind): boolean;

  /** Where an object is stored; `undefined` when it is not, or not yet. */
  locate(id: ObjectId): ObjectLocation | undefined;

  /**
   * Keeps bytes and answers with their id. The bytes are copied before the promise is returned: reuse the buffer at once.
   *
   * Not durable until `flush`. Bytes of kind `tree` must be a tree object whose references are all saved already.
   *
   * @throws {SnapshotError} `argument/invalid`, `object/missing` (a reference of a tree), `repository/lease-required`,
   *   `repository/broken`, `storage/*`
   */
  save(bytes: Uint8Array, kind: ObjectKind, options?: CallOptions): Promise<SavedObject>;

  /**
   * Reads an object; what is returned always matches its id. Falls back to another stored copy when one is damaged.
   * Objects not flushed yet can be loaded too. The caller owns the bytes.
   *
   * @throws {SnapshotError} `object/missing`, `object/damaged`, `storage/failed`
   */
  load(id: ObjectId, options?: CallOptions): Promise<Uint8Array>;

  /** Makes everything saved so far durable: packs first, then the index. Idempotent. */
  flush(options?: CallOptions): Promise<void>;

  /**
   * Flushes, then writes the snapshot record: the only moment at which a snapshot comes into being.
   *
   * When prune ran since the repository was opened, every object the snapshot needs is looked up again first, and copied
   * out of condemned packs.
   *
   * @throws {SnapshotError} `object/missing` (no such root), `repository/pruned` (take the snapshot again), `storage/*`
   */
  commitSnapshot(draft: SnapshotDraft, options?: CallOptions): Promise<SnapshotRecord>;

  /** All snapshot records. Reads the storage each time, so other processes' commits show. */
  listSnapshots(options?: CallOptions): Promise<SnapshotList>;

  /** @throws {SnapshotError} `snapshot/not-found`, `format/damaged`, `format/unsupported` */
  getSnapshot(id: string, options?: CallOptions): Promise<SnapshotRecord>;

  /** Removes a snapshot record; its data goes with a later `prune`. Forgetting twice does nothing. */
  forgetSnapshot(id: string, options?: CallOptions): Promise<void>;

  /**
   * Stores a small sealed record, such as the intent of a rollback; durable when resolved. Never replaces.
   * Names: lower-case letters, digits, `-` and `.`, 1 to 100 characters.
   *
   * @throws {SnapshotError} `storage/exists`, `argument/invalid`, `storage/*`
   */
  putRecord(name: string, bytes: Uint8Array, options?: CallOptions): Promise<void>;

  /** Bytes of a record, verified, or `undefined`. @throws {SnapshotError} `format/damaged` */
  getRecord(name: string, options?: CallOptions): Promise<Uint8Array | undefined>;

  /** Names of the records, sorted. */
  listRecords(options?: CallOptions): Promise<readonly string[]>;

  /** Removes a record; does nothing when there is none. */
  deleteRecord(name: string, options?: CallOptions): Promise<void>;

  /**
   * Frees what no snapshot needs, in two steps a grace time apart. Takes an exclusive lease itself; do not hold one.
   *
   * @throws {SnapshotError} `storage/not-exclusive` on a storage that needs `exclusive`, `repository/no-snapshots` where that needs `allowEmpty`, `repository/locked`,
   *   `format/damaged`, `storage/*`
   */
  prune(options?: PruneOptions): Promise<PruneReport>;

  /**
   * Looks for damage and reports it; never throws because of damage.
   *
   * Changes nothing when all is well. Damaged packs are condemned, where the storage takes writes: what is in them is stored anew by
   * the next snapshot that has it, which heals the older ones too, and nothing intact in them is deleted while it is needed.
   */
  check(options?: CheckOptions): Promise<CheckReport>;
}
