import type { PageCursor, PlainStats } from '../../format/page-cursor.ts';
import type { TakeContext } from './take-context.ts';

/** Whether a file is the parent's by its metadata, may be in the snapshot, and all of its content is stored. */
export function isTrusted({ tools, excludedInodes, device }: TakeContext, stats: PlainStats, cursor: PageCursor): boolean {
  return cursor.isSameFile(stats) && stats.dev === Number(device) && !excludedInodes.has(stats.ino) && cursor.everyReference((id, kind) => tools.has(id, kind));
}

/** Counts a file that is as it was. */
export function countAsItWas({ tally }: TakeContext, sizeBytes: number, { referenceCount }: PageCursor): void {
  tally.files.unmodified += 1;
  tally.chunkCount += referenceCount;
  tally.totalBytes += sizeBytes;
}
