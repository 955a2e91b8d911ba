import type { GatewayRecords, GatewayTable } from './gateway-records.ts';

/** Keeps a listing to records whose members have these values. */
export interface GatewayFilter {
  readonly tenantId?: string;
  readonly deviceId?: string;
  readonly hardwareId?: string;
  /** Operations whose delivery is not `closed`; sessions that are open. Other tables have no such records. */
  readonly open?: true;
}

/** One record to write. The store takes it only when the stored revision is one less, or when `revision` is 1 and there is none. */
export type GatewayWrite = { readonly [Table in GatewayTable]: { readonly table: Table; readonly record: GatewayRecords[Table] } }[GatewayTable];

/**
 * Where a gateway keeps what must survive it: a key-value store with optimistic revisions. Everything is decided outside of it.
 *
 * `recordKey` says which key a record has and `matchesFilter` what a listing holds, so that every store agrees; `gatewayStoreContract` tests a store.
 */
export interface GatewayStore {
  read<Table extends GatewayTable>(table: Table, key: string): Promise<GatewayRecords[Table] | undefined>;
  /** In the order of their first write. */
  list<Table extends GatewayTable>(table: Table, filter?: GatewayFilter): Promise<readonly GatewayRecords[Table][]>;
  /**
   * Writes all records or none. Durable (fsynced) when it resolves with true.
   *
   * @returns false when the revision of any record does not fit: somebody else was faster, read again
   * @throws {RecoveryError} `unavailable` when nothing can be written; nothing was
   */
  commit(writes: readonly GatewayWrite[]): Promise<boolean>;
  /** Stores the bytes of an artifact. Called before its record is committed; bytes without a record are rubbish and may be cleared away. */
  writeArtifactBytes(artifactId: string, bytes: Uint8Array): Promise<void>;
  /** @throws {RecoveryError} `not-found` */
  readArtifactBytes(artifactId: string): AsyncIterable<Uint8Array>;
}
