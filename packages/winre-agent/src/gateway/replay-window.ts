import { protocolLimits } from '../protocol/index.ts';

/** Takes each sequence once. Requests may overtake each other by less than the window; what is older counts as played again. */
export interface ReplayWindow {
  /** False when the sequence was taken before or is too old. */
  take(sequence: number): boolean;
}

export function createReplayWindow(size: number = protocolLimits.sequenceWindow): ReplayWindow {
  const taken = new Set<number>();
  let highest = 0;
  return {
    take(sequence) {
      if (sequence <= highest - size || taken.has(sequence)) return false;
      taken.add(sequence);
      if (sequence > highest) {
        highest = sequence;
        for (const old of taken) if (old <= highest - size) taken.delete(old);
      }
      return true;
    },
  };
}
