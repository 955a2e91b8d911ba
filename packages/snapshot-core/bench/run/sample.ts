/** One measured step of one contender in one round. */
export interface Sample {
  readonly work: Work;
  readonly step: string;
  readonly contender: string;
  readonly round: number;
  readonly measures: Measures;
}

/** What is worked on. */
export type Work = 'image' | 'tree' | 'delta' | 'memory' | 'kernel' | 'index' | 'disk';

/** What a step took or made, by name. */
export type Measures = { readonly [measure in Measure]?: number };

/** Seconds of wall clock and CPU; sizes in bytes; speeds in decimal gigabytes per second. */
export type Measure = 'seconds' | 'cpuSeconds' | 'peakBytes' | 'storedBytes' | 'addedBytes' | 'writtenBytes' | 'gigabytesPerSecond' | 'bytesPerChunk';
