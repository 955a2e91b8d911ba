import { CopySet } from '../../chunk-index/copy-set.ts';
import type { DirectoryPack } from '../../chunk-index/directory-cache.ts';
import { SnapshotError } from '../../errors/snapshot-error.ts';
import type { PackedObject } from '../../format/pack-directory.ts';
import { findDamagedObjects } from '../../pack/find-damaged-objects.ts';
import { readPackedObject } from '../../pack/read-packed-object.ts';
import { parsePack } from '../../pack/read-pack.ts';
import type { PackManifest } from '../../format/pack-manifest.ts';
import type { CallOptions } from '../call-options.ts';
import type { RepositoryState } from '../repository-state.ts';
import { foreignFile, isNamedLike } from './inspect-files.ts';
import { isLostObject } from './is-lost-object.ts';
import type { DamagedFile, DamagedPack } from './repair-facts.ts';

/** What reading every byte of every pack has shown. */
export interface InspectedPacks {
  readonly packs: readonly Pick<DamagedPack, 'name' | 'state' | 'problem'>[];
  readonly unlisted: readonly string[];
  /** Copies that are not intact. */
  readonly damaged: CopySet;
  readonly foreign: readonly DamagedFile[];
}

/**
 * Reads all packs, one at a time. Those with any damage are distrusted from then on: nothing that is saved relies on them.
 *
 * @param listed names of the packs that index files list
 * @throws {SnapshotError} `storage/failed`, `repository/key-required`
 */
export async function inspectPacks(state: RepositoryState, listed: ReadonlySet<string>, options?: CallOptions): Promise<InspectedPacks> {
  const { storage, objects: { index, codec }, leases } = state;
  const packs: Pick<DamagedPack, 'name' | 'state' | 'problem'>[] = [];
  const unlisted: string[] = [];
  const foreign: DamagedFile[] = [];
  const damaged = new CopySet();
  const missing = new Set(listed);
  for await (const { name } of storage.list('pack', options)) {
    if (!isNamedLike('pack', name)) {
      foreign.push(foreignFile('pack', name));
      continue;
    }
    missing.delete(name);
    const bytes = await storage.get('pack', name, options);
    const own = parseOwn(name, bytes, state);
    const ordinal = index.findPack(name) ?? ('problem' in own ? undefined : index.addPack(own));
    const pack = ordinal === undefined ? undefined : index.openPack(ordinal);
    if (ordinal === undefined || !pack) {
      packs.push({ name, state: 'unknown', problem: 'problem' in own ? `${own.problem}, and no index file says what is in it` : 'what is in it is unknown' });
      continue;
    }
    if (!listed.has(name)) unlisted.push(name);
    const lost = findDamagedObjects(pack, bytes, codec);
    // Bytes that decompress to the right objects are worth keeping, even when their seal is broken.
    for (const object of lost) if (!(await canRead(pack, object, state, options))) damaged.add(ordinal, object.ordinal, pack.directory.objectCount);
    const problems = [...('problem' in own ? [own.problem] : []), ...(lost.length > 0 ? [`${lost.length} of its ${pack.directory.objectCount} objects are damaged`] : [])];
    if (problems.length > 0) {
      packs.push({ name, state: 'damaged', problem: problems.join('; ') });
      index.distrust(ordinal);
    }
    await leases.renew(options);
  }
  for (const name of missing) packs.push({ name, state: 'missing', problem: 'an index file lists it, but it is missing' });
  return { packs, unlisted, damaged, foreign };
}

async function canRead(pack: DirectoryPack, object: PackedObject, { storage, objects }: RepositoryState, options?: CallOptions): Promise<boolean> {
  try {
    await readPackedObject(storage, pack, object, objects.codec, options);
    return true;
  } catch (error) {
    if (!SnapshotError.isInstance(error) || !isLostObject(error)) throw error;
    return false;
  }
}

function parseOwn(name: string, bytes: Uint8Array, { objects }: RepositoryState): PackManifest | { readonly problem: string } {
  try {
    return parsePack(name, bytes, objects.codec);
  } catch (error) {
    if (!SnapshotError.isInstance(error) || !isLostObject(error)) throw error;
    return { problem: error.message };
  }
}
