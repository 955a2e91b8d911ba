import { utf8 } from '@winre-kit/sdk';
import { protocolLimits, type Consent, type DataCategory, type LogChunk, type LogsReply, type LogWindow } from '../../protocol/index.ts';
import { createWaitList } from './wait-list.ts';

/** A piece of log; long texts are split. */
export interface LogText {
  readonly stream: LogChunk['stream'];
  readonly category: DataCategory;
  readonly text: string;
  readonly truncated?: boolean;
  readonly operationKey?: string;
}

/** Sends log text as fast as the gateway takes it, and no faster: writers wait, nothing piles up. */
export interface LogSender {
  /** Resolves when the text has room in the window. Text of a category without consent is dropped at once. */
  write(log: LogText, signal: AbortSignal): Promise<void>;
  /** Like {@link write}, but drops the text when there is no room now: for the agent's own log, which must not hold up a recovery. */
  offer(log: LogText): void;
  /** The first chunks of a new channel: what is not acknowledged is sent again. None at all asks for the window. */
  firstBatch(): readonly LogChunk[];
  /** Waits for chunks that have not been sent. */
  nextBatch(signal: AbortSignal): Promise<readonly LogChunk[]>;
  settle(window: LogWindow | LogsReply): void;
}

const maxTextBytes = 16_384;

export function createLogSender(consent: () => Consent): LogSender {
  const unacknowledged: LogChunk[] = [];
  const refused = new Set<DataCategory>();
  const changes = createWaitList();
  let acknowledgedSequence = 0;
  let lastSequence = 0;
  let sentSequence = 0;
  let windowBytes = 0;

  const wanted = (category: DataCategory): boolean => consent().categories.includes(category) && !refused.has(category);
  const push = ({ truncated = false, ...log }: LogText, text: string, bytes: number): void => {
    lastSequence += 1;
    unacknowledged.push({ ...log, sequence: lastSequence, text, bytes, truncated });
    windowBytes -= bytes;
    changes.notify();
  };
  const takeUnsent = (): readonly LogChunk[] => {
    const batch = fitting(unacknowledged.filter(({ sequence }) => sequence > sentSequence));
    sentSequence = batch.at(-1)?.sequence ?? sentSequence;
    return batch;
  };

  return {
    async write(log, signal) {
      for (const text of splitText(log.text)) {
        const bytes = utf8(text).length;
        while (wanted(log.category) && bytes > windowBytes) await changes.wait(signal);
        if (!wanted(log.category)) return;
        push(log, text, bytes);
      }
    },
    offer(log) {
      const bytes = utf8(log.text).length;
      if (wanted(log.category) && bytes <= windowBytes && bytes <= maxTextBytes) push(log, log.text, bytes);
    },
    firstBatch() {
      sentSequence = acknowledgedSequence;
      return takeUnsent();
    },
    async nextBatch(signal) {
      for (;;) {
        const batch = takeUnsent();
        if (batch.length > 0) return batch;
        await changes.wait(signal);
      }
    },
    settle(window) {
      // An agent that was restarted within one boot goes on behind the numbers that the gateway has already.
      if (lastSequence < window.acknowledgedSequence) lastSequence = sentSequence = window.acknowledgedSequence;
      if (window.acknowledgedSequence < acknowledgedSequence) return;
      acknowledgedSequence = window.acknowledgedSequence;
      while ((unacknowledged[0]?.sequence ?? Infinity) <= acknowledgedSequence) unacknowledged.shift();
      const unsentBytes = unacknowledged.filter(({ sequence }) => sequence > sentSequence).reduce((sum, { bytes }) => sum + bytes, 0);
      windowBytes = window.windowBytes - unsentBytes;
      if ('refusedCategories' in window) for (const category of window.refusedCategories) refused.add(category);
      changes.notify();
    },
  };
}

/** As many chunks as go into one request: JSON may write a byte as six. */
function fitting(chunks: readonly LogChunk[]): readonly LogChunk[] {
  let budget = protocolLimits.maxBodyBytes / 8;
  const limited = chunks.slice(0, protocolLimits.maxChunksPerRequest);
  const end = limited.findIndex(({ bytes }) => (budget -= bytes) < 0);
  return end < 0 ? limited : limited.slice(0, end);
}

/** Pieces of at most 16 KiB in UTF-8 that never cut a character. */
function* splitText(text: string): Generator<string> {
  let piece = '';
  let bytes = 0;
  for (const character of text) {
    const size = utf8(character).length;
    if (bytes + size > maxTextBytes) {
      yield piece;
      [piece, bytes] = ['', 0];
    }
    piece += character;
    bytes += size;
  }
  if (piece !== '') yield piece;
}
