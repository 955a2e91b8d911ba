import type { Credential } from '../encryption/wrapping-key.ts';
import type { ChunkProfileName, CompressionName, HashName } from '../format/repository-config.ts';
import type { Storage } from '../storage/storage.ts';
import type { CallOptions } from './call-options.ts';
import type { Clock } from './clock.ts';
import type { LeaseHolder } from './lease.ts';

/** A local folder, or any storage. */
export type RepositoryPlace = { readonly path: string; readonly storage?: never } | { readonly storage: Storage; readonly path?: never };

/** What every repository call takes from outside; the defaults are the machine's own. */
export type RepositoryOptions = RepositoryPlace &
  CallOptions & {
    readonly clock?: Clock;
    /** Random bytes for ids and salts. Default: node:crypto. */
    readonly randomBytes?: (lengthBytes: number) => Uint8Array;
    /** Who holds the leases. Default: this process on this host. */
    readonly holder?: LeaseHolder;
  };

/** The same, and what opens an encrypted repository: one of the two. For one that is not encrypted either is refused. */
export type OpenRepositoryOptions = RepositoryOptions & {
  readonly passphrase?: string | undefined;
  /** 32 bytes. */
  readonly key?: Uint8Array | undefined;
};

/** The same, and what is fixed for the life of the repository. */
export type CreateRepositoryOptions = RepositoryOptions & {
  /** Default `volume`. */
  readonly profile?: ChunkProfileName;
  /** Default `blake3`. Where its native add-on does not load, WebAssembly computes it, slower than `sha-256`. */
  readonly hash?: HashName;
  /** Default `zstd`. */
  readonly compression?: CompressionName;
  /** Encrypts everything but sizes, names and times with AES-256-GCM; opened by this passphrase or key of 32 bytes. Default: not encrypted. */
  readonly encryption?: Credential;
};
