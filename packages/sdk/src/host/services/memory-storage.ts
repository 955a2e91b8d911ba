import type { PluginStorage } from '../../contract/host-services.ts';
import { storedText } from './stored-text.ts';
import type { JsonValue } from '../../schemas/primitives.ts';

/** Storage that is gone when the process ends. */
export function createMemoryStorage(): PluginStorage {
  const texts = new Map<string, string>();
  return {
    get(key) {
      const text = texts.get(key);
      return Promise.resolve(text === undefined ? undefined : (JSON.parse(text) as JsonValue));
    },
    async set(key, value) {
      texts.set(key, storedText(key, value));
      await Promise.resolve();
    },
    delete(key) {
      texts.delete(key);
      return Promise.resolve();
    },
  };
}
