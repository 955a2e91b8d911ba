import { dictionaryLeadBytes, type DeltaMemory } from './delta-memory.ts';
import type { EndReader } from './end-reader.ts';

/** A range of the base. */
export interface BaseRange {
  readonly oldOffset: number;
  readonly oldBytes: number;
}

/**
 * The raw dictionary of a frame: the old ranges of its literals, in their order. Nothing when there are none.
 *
 * It lies in the memory, and is valid until the next one is read.
 *
 * @param ranges at most `deltaLimits.dictionaryBytes` together
 */
export async function readDictionary(memory: DeltaMemory, base: EndReader, ranges: readonly BaseRange[]): Promise<Buffer | undefined> {
  const contentBytes = ranges.reduce((total, { oldBytes }) => total + oldBytes, 0);
  if (contentBytes === 0) return undefined;
  const dictionary = memory.dictionary.subarray(0, dictionaryLeadBytes + contentBytes);
  dictionary.fill(0, 0, dictionaryLeadBytes);
  let at = dictionaryLeadBytes;
  for (const { oldOffset, oldBytes } of ranges) {
    await base.read(oldOffset, dictionary.subarray(at, at + oldBytes));
    at += oldBytes;
  }
  return dictionary;
}
