import type { OutputStream } from '@winre-kit/sdk';

/** Turns the bytes of one output stream into text, up to a limit. Characters that arrive in two pieces stay whole; bytes that are not UTF-8 are replaced. */
export interface OutputCollector {
  /** Text that became complete with these bytes and is within the limit; empty when there is none. */
  add(bytes: Uint8Array): string;
  /** Text left at the end of the stream. */
  end(): string;
  readonly output: OutputStream;
}

export function createOutputCollector(maxOutputBytes: number): OutputCollector {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let text = '';
  let bytes = 0;
  let keptBytes = 0;
  let ended = false;

  const keep = (piece: string): string => {
    text += piece;
    return piece;
  };
  return {
    add(piece) {
      bytes += piece.length;
      const room = maxOutputBytes - keptBytes;
      const kept = piece.subarray(0, Math.max(0, room));
      keptBytes += kept.length;
      // Streaming decoding holds an unfinished character back, so a cut at the limit never leaves half of one.
      return keep(decoder.decode(kept, { stream: true }));
    },
    end() {
      if (ended) return '';
      ended = true;
      return bytes > keptBytes ? '' : keep(decoder.decode());
    },
    get output() {
      return { text, bytes, truncated: bytes > keptBytes, encoding: 'utf-8' as const };
    },
  };
}
