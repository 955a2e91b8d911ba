import { RecoveryError, type JsonValue, type PluginStorage } from '@winre-kit/sdk';

const maxValueBytes = 65_536;

/** Storage that keeps JSON text, as a real one would, so that neither side can change what the other holds. `entries` shows all of it. */
export interface MemoryStorage extends PluginStorage {
  readonly entries: Readonly<Record<string, JsonValue>>;
}

/** Plug-in storage in memory that keeps the rules of the real one. */
export function createMemoryStorage(initial: Readonly<Record<string, JsonValue>> = {}): MemoryStorage {
  const texts = new Map(Object.entries(initial).map(([key, value]) => [key, JSON.stringify(value)]));
  const read = (text: string): JsonValue => JSON.parse(text) as JsonValue;
  return {
    get(key) {
      const text = texts.get(key);
      return Promise.resolve(text === undefined ? undefined : read(text));
    },
    set(key, value) {
      const text = JSON.stringify(value);
      if (Buffer.byteLength(text) > maxValueBytes) return Promise.reject(new RecoveryError('invalid-argument', `storage: the value of ${key} is over 64 KiB`, { fieldPath: 'value' }));
      texts.set(key, text);
      return Promise.resolve();
    },
    delete(key) {
      texts.delete(key);
      return Promise.resolve();
    },
    get entries() {
      return Object.fromEntries([...texts].map(([key, text]) => [key, read(text)]));
    },
  };
}
