/** Smallest, average and largest chunk in bytes. */
export interface ChunkSizes {
  readonly minBytes: number;
  readonly averageBytes: number;
  readonly maxBytes: number;
}

/** Chunk sizes by profile name. Part of `sieve-v1`: these numbers never change. */
export const chunkProfiles = {
  small: { minBytes: 2_048, averageBytes: 8_192, maxBytes: 65_536 },
  volume: { minBytes: 16_384, averageBytes: 65_536, maxBytes: 262_144 },
  large: { minBytes: 65_536, averageBytes: 262_144, maxBytes: 1_048_576 },
} as const satisfies Record<string, ChunkSizes>;

/** Regions of this size are chunked on their own, so that a change or a worker never reaches beyond one. */
export const regionBytes = 67_108_864;
