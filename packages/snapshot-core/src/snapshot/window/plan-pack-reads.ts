import type { PackFrame } from '../../format/pack-directory.ts';

/** A chunk that is wanted: where it lies in a pack, and where its bytes go. */
export interface WantedChunk {
  readonly frame: PackFrame;
  /** Within the frame's plain bytes. */
  readonly offset: number;
  readonly lengthBytes: number;
  /** Place in the window. */
  readonly target: number;
}

/** Bytes of a pack that are bytes of the window as they are. */
export interface DirectRead {
  readonly fileOffset: number;
  readonly lengthBytes: number;
  readonly target: number;
}

/** Neighbouring frames that are read at once and then opened. */
export interface FrameRun {
  readonly fileOffset: number;
  readonly lengthBytes: number;
  /** Ascending. */
  readonly frames: readonly { readonly frame: PackFrame; readonly chunks: readonly WantedChunk[] }[];
}

/** A gap this small costs less to read than a second call. */
const worthwhileGapBytes = 32_768;

/** Reads for chunks that lie in the pack as they are: joined where neighbours in the pack are neighbours in the window. Pure. */
export function planDirectReads(chunks: readonly WantedChunk[]): DirectRead[] {
  const reads: DirectRead[] = [];
  for (const { frame, offset, lengthBytes, target } of chunks.toSorted((a, b) => a.frame.offset + a.offset - b.frame.offset - b.offset)) {
    const fileOffset = frame.offset + offset;
    const last = reads.at(-1);
    const joins = last !== undefined && last.fileOffset + last.lengthBytes === fileOffset && last.target + last.lengthBytes === target;
    if (joins) reads[reads.length - 1] = { ...last, lengthBytes: last.lengthBytes + lengthBytes };
    else reads.push({ fileOffset, lengthBytes, target });
  }
  return reads;
}

/**
 * Reads for chunks in compressed or encrypted frames: every frame once, in the order of the pack, neighbours together. Pure.
 *
 * @param maxRunBytes most stored bytes of one run; a single frame may be longer
 */
export function planFrameRuns(chunks: readonly WantedChunk[], maxRunBytes: number): FrameRun[] {
  const byFrame = new Map<number, { readonly frame: PackFrame; readonly chunks: WantedChunk[] }>();
  for (const chunk of chunks) {
    const present = byFrame.get(chunk.frame.offset);
    if (present) present.chunks.push(chunk);
    else byFrame.set(chunk.frame.offset, { frame: chunk.frame, chunks: [chunk] });
  }
  const runs: { fileOffset: number; lengthBytes: number; frames: { readonly frame: PackFrame; readonly chunks: WantedChunk[] }[] }[] = [];
  for (const entry of [...byFrame.values()].toSorted((a, b) => a.frame.offset - b.frame.offset)) {
    const { offset, storedBytes } = entry.frame;
    const last = runs.at(-1);
    const end = offset + storedBytes;
    if (last && offset - (last.fileOffset + last.lengthBytes) <= worthwhileGapBytes && end - last.fileOffset <= maxRunBytes) {
      last.lengthBytes = end - last.fileOffset;
      last.frames.push(entry);
    } else runs.push({ fileOffset: offset, lengthBytes: storedBytes, frames: [entry] });
  }
  return runs;
}
