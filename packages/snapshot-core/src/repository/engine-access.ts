import type { ObjectIndexHandle } from '../chunk-index/object-index-view.ts';
import type { PackCodecSpec } from '../pack/pack-codec.ts';
import type { ObjectStore } from './object-store.ts';

/** Keys by which sources are cut and predicted, all from the repository's secret. */
export interface ChunkKeys {
  /** 32 bytes, for `deriveSieveParameters`. */
  readonly chunkingKey: Uint8Array;
  /** For `createGroupFingerprint`. */
  readonly fingerprintKeys: { readonly macKey: Uint8Array; readonly sealKey: Uint8Array };
}

/** How this package's own hot loops work on a repository, in its thread and in others. */
export interface EngineAccess {
  readonly objects: ObjectStore;
  readonly chunkKeys: ChunkKeys;
  /** Renews the leases held, where it is time to; for long work in other threads, which makes no calls of its own. */
  readonly renewLeases: () => Promise<void>;
}

/** What another thread needs to work on the same repository; structured-cloneable. It holds keys, so keep it out of logs. */
export interface EngineHandle {
  readonly codec: PackCodecSpec;
  readonly index: ObjectIndexHandle;
  readonly chunkKeys: ChunkKeys;
}

/** A handle, or `undefined` where no other thread can work on the repository: it does not lie in a local folder, or a data key is not held. */
export function createEngineHandle({ objects, chunkKeys }: EngineAccess): EngineHandle | undefined {
  const index = objects.isOutdated ? undefined : objects.index.handle();
  return index && { codec: objects.codec.spec, index, chunkKeys };
}
