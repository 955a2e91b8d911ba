import { SnapshotError } from '../errors/snapshot-error.ts';
import { requireFileName } from './file-name.ts';
import type { FileKind, Storage, StorageCallOptions, StoredFile } from './storage.ts';

/** What a memory storage takes from outside. */
export interface MemoryStorageOptions {
  /** Milliseconds since 1970 UTC. Default: the machine's clock. */
  readonly nowMs?: () => number;
}

/** A storage that lives as long as the object: for tests and trials. */
export function createMemoryStorage(options: MemoryStorageOptions = {}): Storage {
  const nowMs = options.nowMs ?? Date.now;
  const files = new Map<string, { bytes: Uint8Array; modifiedAtMs: number }>();

  function keyOf(kind: FileKind, name: string, call: StorageCallOptions | undefined): string {
    call?.signal?.throwIfAborted();
    requireFileName(name);
    return `${kind}/${name}`;
  }

  function read(key: string): Uint8Array {
    const file = files.get(key);
    if (!file) throw new SnapshotError('storage/not-found', `there is no ${key} in memory`);
    return file.bytes;
  }

  return {
    description: 'memory',
    async put(kind, name, parts, call) {
      const key = keyOf(kind, name, call);
      if (files.has(key)) throw new SnapshotError('storage/exists', `${key} is in memory already`);
      files.set(key, { bytes: new Uint8Array(Buffer.concat(parts)), modifiedAtMs: nowMs() });
    },
    async get(kind, name, call) {
      return read(keyOf(kind, name, call)).slice();
    },
    async getRange(kind, name, offset, lengthBytes, call) {
      return read(keyOf(kind, name, call)).slice(offset, offset + lengthBytes);
    },
    async *list(kind, call) {
      call?.signal?.throwIfAborted();
      const found: StoredFile[] = [];
      for (const [key, { bytes, modifiedAtMs }] of files)
        if (key.startsWith(`${kind}/`)) found.push({ name: key.slice(kind.length + 1), sizeBytes: bytes.length, modifiedAtMs });
      yield* found;
    },
    async stat(kind, name, call) {
      const file = files.get(keyOf(kind, name, call));
      return file && { name, sizeBytes: file.bytes.length, modifiedAtMs: file.modifiedAtMs };
    },
    async delete(kind, name, call) {
      files.delete(keyOf(kind, name, call));
    },
    async deleteLeftovers() {
      // Nothing is ever half-written here.
    },
    async timeMs() {
      return Math.floor(nowMs());
    },
  };
}
