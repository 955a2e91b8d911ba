/** Identity hashes by name. */
export type HashName = 'sha-256' | 'blake3';

/** Chunk size profiles by name; see `chunkProfiles`. */
export type ChunkProfileName = 'small' | 'volume' | 'large';

/** What is fixed when a repository is created, except for its secret. */
export interface RepositoryConfig {
  /** Version of the repository format. */
  readonly formatVersion: number;
  /** 32 hexadecimal characters, random. */
  readonly repositoryId: string;
  readonly createdAtMs: number;
  readonly hash: HashName;
  readonly chunker: 'sieve-v1';
  readonly profile: ChunkProfileName;
  readonly encryption: 'none';
}
