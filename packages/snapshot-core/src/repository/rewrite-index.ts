import { writeIndexFile } from '../chunk-index/index-files.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { CallOptions } from './call-options.ts';
import { packsPerIndexFile } from './object-store.ts';
import type { RepositoryState } from './repository-state.ts';

/**
 * Lists all packs of the index anew, those in `except` left out, and removes the index files there were when all of it is durable. Whoever is killed
 * meanwhile leaves old files beside new ones, which agree.
 *
 * @throws {SnapshotError} `storage/*`; nothing was removed then
 */
export async function rewriteIndex({ storage, envelope, objects }: RepositoryState, except: ReadonlySet<string>, options?: CallOptions): Promise<void> {
  const oldNames: string[] = [];
  for await (const { name } of storage.list('index', options)) oldNames.push(name);
  const left = Array.from(objects.index.packs()).filter(({ name }) => !except.has(name));
  const newNames = new Set<string>();
  for (let at = 0; at < left.length; at += packsPerIndexFile) {
    const directories = left.slice(at, at + packsPerIndexFile).map((pack) => {
      const stored = objects.index.storedDirectoryOf(pack);
      if (!stored) throw new SnapshotError('storage/failed', `the directory of the pack ${pack.name} cannot be read any more, so the index of ${storage.description} cannot be written anew; run it again`);
      return stored;
    });
    newNames.add(await writeIndexFile(storage, envelope, directories, objects.codec, options));
  }
  // A file of another kind of name is somebody else's.
  for (const name of oldNames) if (/^[\da-f]{64}$/.test(name) && !newNames.has(name)) await storage.delete('index', name, options);
}
