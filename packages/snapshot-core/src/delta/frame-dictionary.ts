import type { EndReader } from './end-reader.ts';

/** A range of the base. */
export interface BaseRange {
  readonly oldOffset: number;
  readonly oldBytes: number;
}

/** Zero bytes before the content: zstd would take a content that begins with its own magic number for a trained dictionary. */
const leadBytes = 8;

/** The raw dictionary of a frame: the old ranges of its literals, in their order. Nothing when there are none. */
export async function readDictionary(base: EndReader, ranges: readonly BaseRange[]): Promise<Buffer | undefined> {
  const contentBytes = ranges.reduce((total, { oldBytes }) => total + oldBytes, 0);
  if (contentBytes === 0) return undefined;
  const dictionary = Buffer.alloc(leadBytes + contentBytes);
  let at = leadBytes;
  for (const { oldOffset, oldBytes } of ranges) {
    await base.read(oldOffset, dictionary.subarray(at, at + oldBytes));
    at += oldBytes;
  }
  return dictionary;
}
