import { SnapshotError } from '../errors/snapshot-error.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { encodeChecked } from './encode-checked.ts';
import { formatVersion, requireKnown } from './format-version.ts';
import { sealOf } from './sealed-file.ts';

const knownHashes = ['sha-256', 'blake3'] as const;
const knownChunkers = ['sieve-v1'] as const;
const knownProfiles = ['small', 'volume', 'large'] as const;
const knownCompressions = ['none', 'zstd'] as const;
const knownEncryptions = ['none', 'aes-256-gcm'] as const;

/** Identity hashes by name. */
export type HashName = (typeof knownHashes)[number];

/** Compressions of new frames by name. */
export type CompressionName = (typeof knownCompressions)[number];

/** Chunk size profiles by name; see `chunkProfiles`. */
export type ChunkProfileName = (typeof knownProfiles)[number];

/** What is fixed when a repository is created, except for its secret. */
export interface RepositoryConfig {
  /** Version of the repository format. */
  readonly formatVersion: number;
  /** 32 hexadecimal characters, random. */
  readonly repositoryId: string;
  readonly createdAtMs: number;
  readonly hash: HashName;
  readonly chunker: (typeof knownChunkers)[number];
  readonly profile: ChunkProfileName;
  /** Of new frames; old ones are read whatever it says. */
  readonly compression: CompressionName;
  readonly encryption: (typeof knownEncryptions)[number];
}

/** The config and the secret beside it. */
export interface StoredConfig {
  readonly config: RepositoryConfig;
  /** 32 random bytes from which every key of the repository is derived. Empty when it is encrypted: then it lies in key files. */
  readonly secret: Uint8Array;
}

const secretBytes = 32;

/** Encodes the payload of a config file. The repository id stands in the file's header. */
export function encodeRepositoryConfig(stored: StoredConfig): Uint8Array {
  const { repositoryId } = stored.config;
  return encodeChecked('a repository config', stored, encode, (payload) => decodeRepositoryConfig(payload, repositoryId));
}

/** SHA-256 of the payload. Key files hold it, so that nobody without a key can change the config of an encrypted repository. */
export function digestOfConfig(stored: StoredConfig): Uint8Array {
  return sealOf(encodeRepositoryConfig(stored));
}

/**
 * Decodes the payload of a config file and refuses every algorithm and feature this release does not know, by name.
 *
 * @throws {SnapshotError} `format/unsupported`, `format/damaged`
 */
export function decodeRepositoryConfig(payload: Uint8Array, repositoryId: string): StoredConfig {
  const reader = new ByteReader(payload, 'the repository config');
  const createdAtMs = reader.u64();
  const secret = reader.bytes(reader.u8());
  const config: RepositoryConfig = {
    formatVersion,
    repositoryId,
    createdAtMs,
    hash: requireKnown(reader.text8(), knownHashes, 'the identity hash'),
    chunker: requireKnown(reader.text8(), knownChunkers, 'the chunking algorithm'),
    profile: requireKnown(reader.text8(), knownProfiles, 'the chunk profile'),
    compression: requireKnown(reader.text8(), knownCompressions, 'the compression'),
    encryption: requireKnown(reader.text8(), knownEncryptions, 'the encryption'),
  };
  const features = Array.from({ length: reader.u8() }, () => reader.text8());
  if (features.length > 0)
    throw new SnapshotError('format/unsupported', `the repository needs ${features.join(', ')}, unknown to this release. Use a release that knows it`);
  reader.finish();
  const expectedBytes = config.encryption === 'none' ? secretBytes : 0;
  if (secret.length !== expectedBytes) throw reader.damaged(`its secret has ${secret.length} bytes, not ${expectedBytes}`);
  return { config, secret };
}

function encode({ config, secret }: StoredConfig): Uint8Array {
  return new ByteWriter()
    .u64(config.createdAtMs)
    .u8(secret.length)
    .bytes(secret)
    .text8(config.hash)
    .text8(config.chunker)
    .text8(config.profile)
    .text8(config.compression)
    .text8(config.encryption)
    .u8(0)
    .finish();
}
