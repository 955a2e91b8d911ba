import { SnapshotError } from '../errors/snapshot-error.ts';
import { decodePruneEpoch, encodePruneEpoch, epochFileName, type PruneEpoch } from '../format/prune-epoch.ts';
import { openSealedFile, sealFile, type FileEnvelope } from '../format/sealed-file.ts';
import type { Storage, StorageCallOptions } from '../storage/storage.ts';

/** One more than the highest number that can be followed by another. */
const maxEpoch = 0xffff_ffff;

/**
 * Reads the highest epoch.
 *
 * A damaged epoch file counts with its number and no condemned packs. That is safe: what decides about deleting is the
 * same file, so packs nobody remembers as condemned are not deleted before they are condemned again.
 */
export async function readPruneEpoch(storage: Storage, envelope: FileEnvelope, options?: StorageCallOptions): Promise<PruneEpoch> {
  for (;;) {
    const name = await highestName(storage, options);
    if (name === undefined) return { epoch: 0, condemned: [] };
    try {
      return decodeEpochFile(await storage.get('epoch', name, options), name, envelope);
    } catch (error) {
      if (!SnapshotError.isInstance(error)) throw error;
      if (error.code === 'format/damaged') return { epoch: Number(name), condemned: [] };
      // A newer epoch replaced it between list and get: look again.
      if (error.code !== 'storage/not-found') throw error;
    }
  }
}

/** Stores an epoch and removes the older ones. @throws {SnapshotError} `repository/locked` when another process was first */
export async function writePruneEpoch(storage: Storage, envelope: FileEnvelope, epoch: PruneEpoch, options?: StorageCallOptions): Promise<void> {
  const name = epochFileName(epoch.epoch);
  try {
    await storage.put('epoch', name, [sealFile('epoch', envelope, encodePruneEpoch(epoch))], options);
  } catch (error) {
    if (SnapshotError.isInstance(error) && error.code === 'storage/exists')
      throw new SnapshotError('repository/locked', `another process pruned ${storage.description} at the same moment; run prune again`, { cause: error });
    throw error;
  }
  for await (const file of storage.list('epoch', options)) if (isEpochName(file.name) && Number(file.name) < epoch.epoch) await storage.delete('epoch', file.name, options);
}

/** Opens an epoch file. @throws {SnapshotError} `format/damaged`, `format/unsupported` */
export function decodeEpochFile(bytes: Uint8Array, name: string, envelope: FileEnvelope): PruneEpoch {
  const what = `the epoch file ${name}`;
  const epoch = decodePruneEpoch(openSealedFile('epoch', bytes, what, envelope).payload);
  if (epochFileName(epoch.epoch) !== name) throw new SnapshotError('format/damaged', `${what} is damaged: it holds epoch ${epoch.epoch}`);
  return epoch;
}

/** Whether a file can be an epoch's: what else lies in the folder is somebody else's. */
export function isEpochName(name: string): boolean {
  return Number(name) < maxEpoch && epochFileName(Number(name)) === name;
}

async function highestName(storage: Storage, options?: StorageCallOptions): Promise<string | undefined> {
  let highest: string | undefined;
  for await (const { name } of storage.list('epoch', options)) if (isEpochName(name) && (highest === undefined || Number(name) > Number(highest))) highest = name;
  return highest;
}
