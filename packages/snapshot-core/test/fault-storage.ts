import { SnapshotError } from '../src/errors/snapshot-error.ts';
import type { Storage } from '../src/storage/storage.ts';

/** A storage that stops taking writes, the way a full disk or a read-only mount does. */
export interface FaultStorage extends Storage {
  /** Bytes it still takes; a put that needs more fails with `storage/full`, stores nothing and leaves the rest. */
  roomBytes: number;
  /** Refuses every write with `storage/read-only`. */
  isReadOnly: boolean;
  /** Called before each put and delete; what it throws is what the call throws. */
  beforeWrite: (call: 'put' | 'delete', kind: string, name: string) => Promise<void> | void;
}

export function createFaultStorage(inner: Storage): FaultStorage {
  const storage: FaultStorage = {
    ...inner,
    roomBytes: Number.POSITIVE_INFINITY,
    isReadOnly: false,
    beforeWrite: () => undefined,
    async put(kind, name, parts, options) {
      await storage.beforeWrite('put', kind, name);
      if (storage.isReadOnly) throw new SnapshotError('storage/read-only', 'the test storage is read-only');
      const sizeBytes = parts.reduce((sum, part) => sum + part.length, 0);
      if (sizeBytes > storage.roomBytes) throw new SnapshotError('storage/full', 'the test storage is full');
      storage.roomBytes -= sizeBytes;
      await inner.put(kind, name, parts, options);
    },
    async delete(kind, name, options) {
      await storage.beforeWrite('delete', kind, name);
      if (storage.isReadOnly) throw new SnapshotError('storage/read-only', 'the test storage is read-only');
      await inner.delete(kind, name, options);
    },
  };
  return storage;
}

/** Replaces a stored file by changed bytes, as a failing disk would. */
export async function rewriteFile(storage: Storage, kind: Parameters<Storage['get']>[0], name: string, change: (bytes: Uint8Array) => Uint8Array): Promise<void> {
  const bytes = change(await storage.get(kind, name));
  await storage.delete(kind, name);
  await storage.put(kind, name, [bytes]);
}

/** One bit of a copy turned over. */
export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = new Uint8Array(bytes);
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return flipped;
}
