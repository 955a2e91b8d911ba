import type { PackCodecSpec } from '../src/pack/pack-codec.ts';
import { repositoryId } from './sample-values.ts';

const identityKey = new Uint8Array(32).fill(5);
const keys = { currentEpoch: 2, dataKeys: new Map([1, 2].map((epoch) => [epoch, new Uint8Array(32).fill(epoch)])) };

/** Every combination of compression, encryption and hash, by name. */
export const sampleSpecs = {
  plain: { repositoryId, hash: 'sha-256', compression: 'none' },
  zstd: { repositoryId, hash: 'sha-256', compression: 'zstd' },
  encrypted: { repositoryId, hash: 'sha-256', identityKey, compression: 'none', keys },
  'zstd and encrypted': { repositoryId, hash: 'sha-256', identityKey, compression: 'zstd', keys },
  'zstd, BLAKE3': { repositoryId, hash: 'blake3', compression: 'zstd' },
  'zstd and encrypted, BLAKE3': { repositoryId, hash: 'blake3', identityKey, compression: 'zstd', keys },
} as const satisfies Record<string, PackCodecSpec>;
