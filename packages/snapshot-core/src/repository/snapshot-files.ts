import { SnapshotError } from '../errors/snapshot-error.ts';
import { openSealedFile, sealFile, type FileEnvelope } from '../format/sealed-file.ts';
import { decodeSnapshotRecord, encodeSnapshotRecord, type SnapshotRecord } from '../format/snapshot-record.ts';
import type { Storage, StorageCallOptions } from '../storage/storage.ts';
import type { SnapshotList } from './repository.ts';

/** Stores a snapshot record under its id. */
export async function writeSnapshotFile(storage: Storage, envelope: FileEnvelope, record: SnapshotRecord, options?: StorageCallOptions): Promise<void> {
  await storage.put('snapshot', record.id, [sealFile('snapshot', envelope, encodeSnapshotRecord(record))], options);
}

/** @throws {SnapshotError} `snapshot/not-found`, `format/damaged`, `format/unsupported` */
export async function readSnapshotFile(storage: Storage, envelope: FileEnvelope, id: string, options?: StorageCallOptions): Promise<SnapshotRecord> {
  let bytes: Uint8Array;
  try {
    bytes = await storage.get('snapshot', id, options);
  } catch (error) {
    if (SnapshotError.isInstance(error) && error.code === 'storage/not-found')
      throw new SnapshotError('snapshot/not-found', `there is no snapshot ${id} in ${storage.description}; list the snapshots to see which there are`, { cause: error });
    throw error;
  }
  return decodeSnapshotFile(bytes, id, envelope);
}

/** Opens a snapshot file. @throws {SnapshotError} `format/damaged`, `format/unsupported` */
export function decodeSnapshotFile(bytes: Uint8Array, id: string, envelope: FileEnvelope): SnapshotRecord {
  const what = `the snapshot ${id}`;
  const record = decodeSnapshotRecord(openSealedFile('snapshot', bytes, what, envelope).payload);
  if (record.id !== id) throw new SnapshotError('format/damaged', `${what} is damaged: the file holds the snapshot ${record.id}`);
  return record;
}

/** Reads all records, oldest first; those of the same millisecond by id. Those that cannot be read are listed apart. */
export async function listSnapshotFiles(storage: Storage, envelope: FileEnvelope, options?: StorageCallOptions): Promise<SnapshotList> {
  const snapshots: SnapshotRecord[] = [];
  const damaged: { id: string; reason: string }[] = [];
  for await (const { name } of storage.list('snapshot', options)) {
    try {
      snapshots.push(await readSnapshotFile(storage, envelope, name, options));
    } catch (error) {
      if (!SnapshotError.isInstance(error)) throw error;
      // Forgotten by another process between list and get.
      if (error.code !== 'snapshot/not-found') damaged.push({ id: name, reason: error.message });
    }
  }
  snapshots.sort((a, b) => a.timeMs - b.timeMs || (a.id < b.id ? -1 : 1));
  damaged.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { snapshots, damaged };
}
