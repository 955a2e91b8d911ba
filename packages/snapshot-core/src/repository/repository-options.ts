import type { ChunkProfileName, CompressionName, HashName } from '../format/repository-config.ts';
import type { Storage } from '../storage/storage.ts';
import type { CallOptions } from './call-options.ts';
import type { Clock } from './clock.ts';
import type { LeaseHolder } from './lease.ts';

/** A local folder, or any storage. */
export type RepositoryPlace = { readonly path: string; readonly storage?: never } | { readonly storage: Storage; readonly path?: never };

/** What every repository call takes from outside; the defaults are the machine's own. */
export type OpenRepositoryOptions = RepositoryPlace &
  CallOptions & {
    readonly clock?: Clock;
    /** Random bytes for ids and salts. Default: node:crypto. */
    readonly randomBytes?: (lengthBytes: number) => Uint8Array;
    /** Who holds the leases. Default: this process on this host. */
    readonly holder?: LeaseHolder;
  };

/** The same, and what is fixed for the life of the repository. */
export type CreateRepositoryOptions = OpenRepositoryOptions & {
  /** Default `volume`. */
  readonly profile?: ChunkProfileName;
  /** Default `sha-256`. */
  readonly hash?: HashName;
  /** Default `none`. */
  readonly compression?: CompressionName;
};
