import { SnapshotError } from '../errors/snapshot-error.ts';
import { encodeIndexFile, decodeIndexFile } from '../format/index-file.ts';
import type { StoredDirectory } from './directory-cache.ts';
import type { DirectoryOpener, PackManifest } from '../format/pack-manifest.ts';
import { sameBytes } from '../format/same-bytes.ts';
import { openSealedFile, sealFile, sealOf, type FileEnvelope } from '../format/sealed-file.ts';
import type { Storage, StorageCallOptions } from '../storage/storage.ts';

/** One index file that was read, or why it could not be: damage, or packs under a data key that is not held. */
export type IndexFile = { readonly name: string } & ({ readonly packs: readonly PackManifest[] } | { readonly error: SnapshotError });

/** How index files are read. */
export interface ReadIndexFilesOptions extends StorageCallOptions {
  /** Names of files not to read. */
  readonly except?: ReadonlySet<string>;
}

/** Yields every index file of a repository. One that cannot be read is yielded with its error: packs can be read without it. */
export async function* readIndexFiles(
  storage: Pick<Storage, 'get' | 'list'>, envelope: FileEnvelope, opener: DirectoryOpener, options?: ReadIndexFilesOptions,
): AsyncGenerator<IndexFile> {
  for await (const { name } of storage.list('index', options)) {
    if (options?.except?.has(name)) continue;
    let bytes: Uint8Array;
    try {
      bytes = await storage.get('index', name, options);
    } catch (error) {
      // Prune replaces index files; one that went away between list and get was replaced by another.
      if (!SnapshotError.isInstance(error)) throw error;
      if (error.code === 'storage/not-found') continue;
      if (error.code !== 'storage/failed') throw error;
      yield { name, error };
      continue;
    }
    yield readIndexFile(name, bytes, envelope, opener);
  }
}

/** Opens one index file; damage and a missing data key are part of the answer. @throws {SnapshotError} `format/unsupported` */
export function readIndexFile(name: string, bytes: Uint8Array, envelope: FileEnvelope, opener: DirectoryOpener): IndexFile {
  try {
    const { payload } = openSealedFile('index', bytes, `the index file ${name}`, envelope);
    if (indexFileName(bytes) !== name) throw new SnapshotError('format/damaged', `the index file ${name} is damaged: it is not named by its bytes`);
    return { name, packs: decodeIndexFile(payload, opener) };
  } catch (error) {
    if (SnapshotError.isInstance(error) && ['format/damaged', 'repository/key-outdated'].includes(error.code)) return { name, error };
    throw error;
  }
}

/**
 * Stores an index file for packs that are durable already. Doing it twice stores it once: its name is the hash of its bytes.
 *
 * @returns the name of the file
 */
export async function writeIndexFile(
  storage: Storage, envelope: FileEnvelope, packs: readonly StoredDirectory[], opener: DirectoryOpener, options?: StorageCallOptions,
): Promise<string> {
  const bytes = sealFile('index', envelope, encodeIndexFile(packs, opener));
  const name = indexFileName(bytes);
  try {
    await storage.put('index', name, [bytes], options);
  } catch (error) {
    if (!SnapshotError.isInstance(error) || error.code !== 'storage/exists') throw error;
    if (await isStoredAs(storage, name, bytes, options)) return name;
    // It was written before and damaged since; nothing else can bear this name.
    await storage.delete('index', name, options);
    await storage.put('index', name, [bytes], options);
  }
  return name;
}

async function isStoredAs(storage: Storage, name: string, bytes: Uint8Array, options?: StorageCallOptions): Promise<boolean> {
  try {
    return sameBytes(await storage.get('index', name, options), bytes);
  } catch (error) {
    if (SnapshotError.isInstance(error) && ['storage/failed', 'storage/not-found'].includes(error.code)) return false;
    throw error;
  }
}

function indexFileName(bytes: Uint8Array): string {
  return Buffer.from(sealOf(bytes)).toString('hex');
}
