import type { PluginStorage } from '../../contract/host-services.ts';

/** A part of a storage that cannot reach the rest. */
export function nameSpaceOf(storage: PluginStorage, name: string): PluginStorage {
  const within = (key: string): string => `${encodeURIComponent(name)}/${key}`;
  return {
    get: (key) => storage.get(within(key)),
    set: (key, value) => storage.set(within(key), value),
    delete: (key) => storage.delete(within(key)),
  };
}
