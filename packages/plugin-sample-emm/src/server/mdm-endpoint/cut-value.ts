import type { AskedCommand, CutValue, MdmSession } from './mdm-session.ts';
import { meaningOfAnswer } from './status-meaning.ts';

/** What became of the chunk that was sent last. */
export interface ChunkVerdict {
  /** What else was asked, and the chunk when it was refused. */
  readonly judged: readonly AskedCommand[];
  /** The value, when its next chunk may follow. */
  readonly goesOn?: CutValue;
  /** The value stopped in the middle; the device has nothing of it. */
  readonly isStopped: boolean;
}

/** The device waits for the next chunk. */
export const chunkIsBuffered = 213;

/**
 * Looks at the answer to a chunk. Pure. Its value goes on only when the device has buffered it, and only while the same desired state is sent: the rest of another value
 * would not fit to it.
 */
export function judgeChunk({ cut, asked, sentFingerprint }: Pick<MdmSession, 'cut' | 'asked' | 'sentFingerprint'>, fingerprint: string): ChunkVerdict {
  if (cut === undefined) return { judged: asked, isStopped: false };
  const chunk = asked.find(({ uri }) => uri === cut.uri);
  const meaning = chunk && meaningOfAnswer(chunk);
  if (meaning !== undefined && meaning !== 'done' && meaning !== 'accepted') return { judged: asked, isStopped: false };
  const judged = asked.filter((command) => command !== chunk);
  // Without a chunk the last message had no room for one.
  const isBuffered = chunk === undefined || chunk.status === chunkIsBuffered;
  return isBuffered && sentFingerprint === fingerprint ? { judged, goesOn: cut, isStopped: false } : { judged, isStopped: true };
}
