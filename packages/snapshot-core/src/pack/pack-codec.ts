import { createPackCipher, type PackCipher } from '../encryption/pack-cipher.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { DirectoryOpener } from '../format/pack-manifest.ts';
import { decodePackPrefix } from '../format/pack-prefix.ts';
import type { CompressionName, HashName } from '../format/repository-config.ts';
import { createIdentity } from '../hashing/create-identity.ts';
import type { Identity } from '../hashing/identity.ts';

/** What a codec is made from. Can be sent to a worker; it holds keys, so keep it out of logs. */
export interface PackCodecSpec {
  /** 32 hexadecimal characters. */
  readonly repositoryId: string;
  readonly hash: HashName;
  /** 32 bytes, in an encrypted repository: only who holds it can compute identities. */
  readonly identityKey?: Uint8Array;
  readonly compression: CompressionName;
  /** Absent when the repository is not encrypted. */
  readonly keys?: {
    /** Data keys of 32 bytes by epoch. */
    readonly dataKeys: ReadonlyMap<number, Uint8Array>;
    /** Epoch of the key for new packs. */
    readonly currentEpoch: number;
  };
}

/** How the objects of a repository become the bytes of its packs, and back. */
export interface PackCodec extends DirectoryOpener {
  readonly spec: PackCodecSpec;
  /** The repository's hash. Its digests of objects are their ids. */
  readonly identity: Identity;
  /** Whether these bytes are stored as they are without trying to compress them. Only a hint: the answer never changes what is read. */
  looksIncompressible(bytes: Uint8Array): boolean;
  /** The cipher of the pack with this prefix; `undefined` when the repository is not encrypted. @throws {SnapshotError} `repository/key-required`, `repository/key-outdated`, `format/damaged` */
  cipherOf(prefix: Uint8Array): PackCipher | undefined;
}

/** What a codec can be lent. */
export interface PackCodecHelpers {
  /** A fast probe; by default everything is tried. */
  readonly looksIncompressible?: (bytes: Uint8Array) => boolean;
}

/** Ciphers kept, because deriving a pack's key costs as much as a small read. */
const keptCiphers = 64;

/** Builds a codec. Two codecs of the same spec read each other's packs. Not safe for two threads; each builds its own. */
export async function createPackCodec(spec: PackCodecSpec, helpers: PackCodecHelpers = {}): Promise<PackCodec> {
  const identity = await createIdentity(spec.hash, spec.identityKey && { key: spec.identityKey });
  const ciphers = new Map<string, PackCipher>();

  function cipherOf(prefix: Uint8Array): PackCipher | undefined {
    const { keyEpoch, salt } = decodePackPrefix(prefix, 'a pack');
    const { keys, repositoryId } = spec;
    if (!keys && keyEpoch === 0) return undefined;
    if (keyEpoch === 0) throw new SnapshotError('format/damaged', 'a pack is damaged: it is not encrypted, but its repository is');
    if (!keys) throw new SnapshotError('repository/key-required', 'a pack is encrypted; open the repository again with its passphrase or key');
    const dataKey = keys.dataKeys.get(keyEpoch);
    if (!dataKey)
      throw new SnapshotError('repository/key-outdated', `a pack is encrypted under data key ${keyEpoch}, and the repository was opened with ${keys.dataKeys.size}: the data key was rotated since, or a rotation did not reach the key file, or somebody put an old one back. Open the repository again; where that does not help, open it by a newer key file and rotate there. Until then what needs that data key is not read, and nothing is written`);
    const name = Buffer.from(prefix).toString('latin1');
    const cipher = ciphers.get(name) ?? createPackCipher(dataKey, repositoryId, prefix, salt);
    ciphers.delete(name);
    ciphers.set(name, cipher);
    for (const oldest of ciphers.keys()) if (ciphers.size > keptCiphers) ciphers.delete(oldest);
    return cipher;
  }

  return {
    spec,
    identity,
    looksIncompressible: helpers.looksIncompressible ?? (() => false),
    cipherOf,
    openDirectory: (prefix, stored) => {
      const cipher = cipherOf(prefix);
      if (!cipher) return stored;
      const plain = cipher.openDirectory(stored);
      if (!plain) throw new SnapshotError('format/damaged', 'a pack directory is damaged: it does not authenticate under its key');
      return plain;
    },
  };
}
