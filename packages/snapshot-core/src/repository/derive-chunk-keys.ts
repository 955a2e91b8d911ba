import { deriveKey } from '../encryption/derive-key.ts';
import type { ChunkKeys } from './engine-access.ts';

/** The keys that chunk boundaries and predictions depend on. They last as long as the repository. */
export function deriveChunkKeys(secret: Uint8Array): ChunkKeys {
  return {
    chunkingKey: deriveKey(secret, 'chunking key v1'),
    fingerprintKeys: { macKey: deriveKey(secret, 'fingerprint key v1').subarray(0, 16), sealKey: deriveKey(secret, 'fingerprint seal key v1') },
  };
}
