/** First bytes of a delta file. */
export const deltaMagic = 'WRDELTA1';

/** Last bytes of a delta file. */
export const deltaEndMagic = 'WRDELEND';

/** Version of the delta format this release reads and writes. */
export const deltaVersion = 1;

/** Hashes of regions by their stored number. */
export const deltaHashes = ['sha-256', 'blake3'] as const;

/** Length of the header, at the start of the file. */
export const deltaHeaderBytes = 64;

/** Length of the trailer, at its end. */
export const deltaTrailerBytes = 64;

/** Bounds that a reader relies on before it allocates; a writer stays below them. */
export const deltaLimits = {
  /** Bytes of the result that one region makes. */
  regionBytes: 67_108_864,
  /** Bytes of one region's record: incompressible literals, and what stands before them. */
  recordBytes: 75_497_472,
  /** Bytes of a region's instructions, unpacked. */
  instructionBytes: 8_388_608,
  /** Bytes of literals in one frame. */
  frameBytes: 1_048_576,
  /** Bytes of the base that one frame's dictionary is made of. */
  dictionaryBytes: 4_194_304,
} as const;
